import { cp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';

const ROOT = resolve(import.meta.dirname, '..');

/** The bundles of the images, by role. */
const ROLES = { controller: 'src/main-controller.ts', agent: 'src/main-agent.ts' } as const;

/** Packages of the other age call `require`, which modules do not have. */
const REQUIRE = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`;

/** client-node does not say that its 1,500 classes of API objects may be left out where nobody asks for them: 14 MB. */
const lean: Plugin = {
  name: 'lean-client-node',
  setup: (esbuild) => {
    esbuild.onResolve(
      { filter: /^(?:\.|@kubernetes\/client-node)/ },
      async ({ path, importer, resolveDir, kind, pluginData }) => {
        if (pluginData === lean || !`${resolveDir}/${path}`.includes('@kubernetes/client-node')) return undefined;
        return {
          ...(await esbuild.resolve(path, { importer, resolveDir, kind, pluginData: lean })),
          sideEffects: false,
        };
      },
    );
  },
};

/** What went into a bundle, by its file name. */
export type Bundles = Readonly<Record<string, readonly string[]>>;

/** Writes one file per role, and the templates beside them, into a folder that it empties first. */
export const buildBundles = async (folder: string): Promise<Bundles> => {
  await rm(folder, { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: ROLES,
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    banner: { js: REQUIRE },
    define: { IS_BUNDLE: 'true' },
    // Saves memory; names stay, because a stack trace is what we get of a bug.
    minifySyntax: true,
    minifyWhitespace: true,
    // Licences stand in files beside: one letter beyond ASCII among them makes V8 keep two bytes of every letter.
    legalComments: 'external',
    plugins: [lean],
    metafile: true,
    logLevel: 'warning',
  });
  await cp(join(ROOT, 'templates'), join(folder, 'templates'), { recursive: true });
  const outputs = Object.entries(metafile.outputs);
  return Object.fromEntries(outputs.map(([path, { inputs }]) => [path.replace(/^.*\//, ''), Object.keys(inputs)]));
};

if (import.meta.main) await buildBundles(join(ROOT, 'dist'));
