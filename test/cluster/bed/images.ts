import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { execa } from 'execa';
import { withProgress } from '../../../scripts/progress.ts';
import { buildBaseImages, type BaseImages } from './base-images.ts';
import { bedName } from './place.ts';

/** Names of images in buildah's store, ready for the node. */
export interface Images {
  readonly controller: string;
  readonly nginx: string;
  /** A backend that answers with what it received. */
  readonly echo: string;
}

const ROOT = new URL('../../..', import.meta.url).pathname;
/** Each bed has names of its own, or one would remove the images that another is about to load. */
const NAME = `localhost/${bedName}`;

/** What the images are made of; their tag is the digest of all of it. */
const SOURCES = [
  'Dockerfile',
  '.dockerignore',
  '.npmrc',
  'images',
  'package.json',
  'package-lock.json',
  'scripts/build.ts',
  'src',
  'templates',
];
const ECHO = [
  'test/support/echo-backend.ts',
  'test/support/echo-fastcgi.ts',
  'test/support/echo-websocket.ts',
  'test/cluster/bed/echo.ts',
];

/** Builds the project's own images, and one of a backend for tests; what has not changed is not built again. */
export const buildImages = async (): Promise<Images> => {
  const base = await buildBaseImages();
  const [tag, echoTag] = [await digestOf(SOURCES, Object.values(base)), await digestOf(ECHO, [base.node])];
  const images = {
    controller: `${NAME}/controller:${tag}`,
    nginx: `${NAME}/nginx:${tag}`,
    echo: `${NAME}/echo:${echoTag}`,
  };
  const store = await storedImages();
  const building = async (): Promise<void> => {
    if (!store.includes(images.controller)) await buildTarget('controller', images.controller, base);
    if (!store.includes(images.nginx)) await buildTarget('nginx', images.nginx, base);
    if (!store.includes(images.echo)) await buildEcho(images.echo, base);
  };
  await withProgress('Building images', building);
  await removeOld(store, Object.values(images));
  return images;
};

const VARIABLE = 'PORTICO_BED_IMAGES';

/**
 * Hands the names of images to the tests. They run where no registry can be reached, so an edit of the sources
 * meanwhile must not make them build.
 */
export const handOver = (images: Images): void => {
  process.env[VARIABLE] = JSON.stringify(images);
};

/** The images that were handed over. */
export const builtImages = (): Images => {
  const text = process.env[VARIABLE];
  if (text === undefined) throw new Error('no images were built: these tests are started by npm run test:cluster');
  return JSON.parse(text) as Images;
};

const filesBelow = async (path: string): Promise<readonly string[]> => {
  if (!(await stat(join(ROOT, path))).isDirectory()) return [path];
  const entries = await readdir(join(ROOT, path), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length))
    .toSorted();
};

const digestOf = async (paths: readonly string[], images: readonly string[]): Promise<string> => {
  const hash = createHash('sha256').update(images.join('\n'));
  for (const path of paths)
    for (const file of await filesBelow(path)) hash.update(`${file}\n`).update(await readFile(join(ROOT, file)));
  return hash.digest('hex').slice(0, 12);
};

const storedImages = async (): Promise<readonly string[]> => {
  const { stdout } = await execa('buildah', ['images', '--format', '{{.Name}}:{{.Tag}}']);
  return stdout.split('\n');
};

const BUILD = ['bud', '--quiet', '--isolation', 'chroot', '--pull-never', '--layers'];

const buildTarget = async (target: string, image: string, { node, nginx }: BaseImages): Promise<void> => {
  const from = [`--build-arg=NODE_IMAGE=${node}`, `--build-arg=NGINX_IMAGE=${nginx}`];
  await execa('buildah', [...BUILD, `--target=${target}`, ...from, '--tag', image, ROOT], { stdin: 'ignore' });
};

const buildEcho = async (image: string, { node }: BaseImages): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'portico-echo-'));
  try {
    const entry = join(ROOT, 'test/cluster/bed/echo.ts');
    await build({
      entryPoints: [entry],
      outfile: join(folder, 'echo.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
    });
    await writeFile(join(folder, 'Dockerfile'), `FROM ${node}\nCOPY echo.mjs /echo.mjs\nCMD ["node", "/echo.mjs"]\n`);
    await execa('buildah', [...BUILD, '--tag', image, folder], { stdin: 'ignore' });
  } finally {
    await rm(folder, { recursive: true });
  }
};

/** Images of earlier sources would fill the disk. */
const removeOld = async (store: readonly string[], wanted: readonly string[]): Promise<void> => {
  const old = store.filter((image) => image.startsWith(`${NAME}/`) && !wanted.includes(image));
  if (old.length > 0) await execa('buildah', ['rmi', ...old], { reject: false });
};
