import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import packageJson from '../../../package.json' with { type: 'json' };
import { createPrivateApt, RELEASE, runTool } from '../../../scripts/nginx/private-apt.ts';
import { withProgress } from '../../../scripts/progress.ts';

/** No registry of images need be reachable: the images that the Dockerfile starts from are made of Debian's packages. */
export interface BaseImages {
  /** Node and npm, as the official image has them. */
  readonly node: string;
  /** NGINX, as the official image has it. */
  readonly nginx: string;
}

const NPM = '11.19.1';
const PACKAGES = [
  'base-files',
  'coreutils',
  'dash',
  'grep',
  'libcap2-bin',
  // The official image has it built in.
  'libnginx-mod-stream',
  'libstdc++6',
  'nginx',
  'sed',
];

/** What they are made of. */
const TAG = createHash('sha256')
  .update([packageJson.devDependencies.node, NPM, RELEASE, ...PACKAGES].join(' '))
  .digest('hex')
  .slice(0, 12);

const names: BaseImages = {
  node: `localhost/portico-base/node:${TAG}`,
  nginx: `localhost/portico-base/nginx:${TAG}`,
};

const exists = async (image: string): Promise<boolean> => {
  const { exitCode } = await execa('buildah', ['inspect', image], { reject: false });
  return exitCode === 0;
};

/** Makes both, once for all beds of this machine. */
export const buildBaseImages = async (): Promise<BaseImages> => {
  if ((await exists(names.node)) && (await exists(names.nginx))) return names;
  const work = await mkdtemp(join(tmpdir(), 'portico-base-'));
  try {
    await withProgress('Making base images of Debian packages (only once)', () => buildBoth(work));
    return names;
  } finally {
    await rm(work, { recursive: true });
  }
};

const buildBoth = async (work: string): Promise<void> => {
  const root = join(work, 'root');
  await unpackDebian(join(work, 'apt'), root);
  const authorities = await trustAuthorities(root);
  await build(names.nginx, work, ['FROM scratch', 'COPY root/ /']);
  await addNode(root);
  await build(names.node, work, ['FROM scratch', 'COPY root/ /', 'ENV HOME=/root', ...authorities]);
};

const build = async (image: string, folder: string, lines: readonly string[]): Promise<void> => {
  await writeFile(join(folder, 'Dockerfile'), `${lines.join('\n')}\n`);
  await execa('buildah', ['bud', '--quiet', '--isolation', 'chroot', '--tag', image, folder]);
};

const unpackDebian = async (folder: string, root: string): Promise<void> => {
  await mkdir(folder);
  const packages = await (await createPrivateApt(folder)).download(...PACKAGES);
  for (const name of (await readdir(packages)).filter((file) => file.endsWith('.deb')))
    await runTool('dpkg-deb', ['--extract', join(packages, name), root]);
  await writeFile(
    join(root, 'etc/passwd'),
    'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n',
  );
  await writeFile(join(root, 'etc/group'), 'root:x:0:\nnogroup:x:65534:\n');
  await mkdir(join(root, 'tmp'), { recursive: true });
  await chmod(join(root, 'tmp'), 0o1777);
};

/** Where this machine trusts authorities of its own, npm inside the build has to trust them as well. */
const trustAuthorities = async (root: string): Promise<readonly string[]> => {
  const file = process.env['NODE_EXTRA_CA_CERTS'];
  if (file === undefined) return [];
  await mkdir(join(root, 'etc/ssl/certs'), { recursive: true });
  await copyFile(file, join(root, 'etc/ssl/certs/extra.crt'));
  return ['ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/extra.crt'];
};

const addNode = async (root: string): Promise<void> => {
  const local = join(root, 'usr/local');
  await mkdir(join(local, 'bin'), { recursive: true });
  await mkdir(join(local, 'lib/node_modules/npm'), { recursive: true });
  await copyFile(process.execPath, join(local, 'bin/node'));
  const packed = await runTool('npm', ['pack', '--silent', `npm@${NPM}`, `--pack-destination=${local}`]);
  const archive = join(local, packed.trim());
  await runTool('tar', ['-xzf', archive, '--strip-components=1', '-C', join(local, 'lib/node_modules/npm')]);
  await rm(archive);
  await symlink('../lib/node_modules/npm/bin/npm-cli.js', join(local, 'bin/npm'));
  await symlink('../lib/node_modules/npm/bin/npx-cli.js', join(local, 'bin/npx'));
};
