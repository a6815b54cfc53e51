import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { inspectNginx, isOlder } from '../../src/agent/nginx-binary.ts';
import { sha256 } from '../../src/values/digest.ts';
import { withProgress } from '../progress.ts';
import { withInterpreter } from './interpreter.ts';
import { createPrivateApt, RELEASE, runTool } from './private-apt.ts';

const ABANDONED_MS = 3_600_000;

/** Debian packs modules one by one. */
const PACKAGES = [
  'nginx',
  'libnginx-mod-stream',
  'libnginx-mod-http-brotli-filter',
  'libnginx-mod-http-geoip2',
  'libnginx-mod-http-modsecurity',
  'modsecurity-crs',
];

/** Where unpacked NGINX packages are kept: one folder per version, in a place of its own for each list of packages. */
export const nginxCache = (): string => {
  const caches = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return join(caches, 'portico', `nginx-${sha256(PACKAGES.join(' ')).slice(0, 8)}`);
};

/** The newest NGINX already unpacked in the cache; absent where there is none that runs. */
export const cachedNginx = async (): Promise<string | undefined> => {
  const versions = (await readdir(nginxCache()).catch(() => [])).filter((name) => /^\d+(\.\d+)+$/.test(name));
  const newest = versions.reduce<string | undefined>((a, b) => (a === undefined || isOlder(a, b) ? b : a), undefined);
  if (newest === undefined) return undefined;
  const binary = join(nginxCache(), newest, 'nginx');
  return (await runs(binary)) ? binary : undefined;
};

/** Fetches Debian's NGINX with all its libraries into the cache, needing no root and installing nothing. */
export const fetchDebianNginx = async (): Promise<string> => {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`its packages are for Linux on amd64, this is ${process.platform} on ${process.arch}`);
  }
  await mkdir(nginxCache(), { recursive: true });
  await removeAbandoned();
  const work = await mkdtemp(join(nginxCache(), '.fetch-'));
  try {
    const apt = await createPrivateApt(work);
    const label = `Fetching NGINX from Debian ${RELEASE} (${apt.mirror}, 22 MB, only once)`;
    const packages = await withProgress(label, () => apt.download(...PACKAGES));
    return await unpack(packages, join(work, 'root'));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
};

/** What a killed fetch left behind. */
const removeAbandoned = async (): Promise<void> => {
  for (const name of (await readdir(nginxCache())).filter((entry) => entry.startsWith('.fetch-'))) {
    const folder = join(nginxCache(), name);
    const age = Date.now() - ((await stat(folder).catch(() => undefined))?.mtimeMs ?? Date.now());
    if (age > ABANDONED_MS) await rm(folder, { recursive: true, force: true });
  }
};

const unpack = async (packages: string, root: string): Promise<string> => {
  const files = (await readdir(packages)).filter((name) => name.endsWith('.deb'));
  for (const file of files) await runTool('dpkg-deb', ['--extract', join(packages, file), root]);
  const version = files.map((name) => /^nginx_(\d+(?:\.\d+)+)/.exec(name)?.[1]).find((found) => found !== undefined);
  if (version === undefined) throw new Error(`no nginx package among ${files.join(', ')}`);
  const home = join(nginxCache(), version);
  await makeRunnable(root, home);
  return publish(root, home);
};

/**
 * Older Debians lack this NGINX's libc, so it brings its own, dynamic loader included. The loader is written into the
 * program: run as `ld.so nginx`, the master's process title is lost and nobody could recognise it in /proc. It does not
 * know that it was moved, so the script in front of it says where its modules are.
 */
const makeRunnable = async (root: string, home: string): Promise<void> => {
  const program = join(root, 'usr/sbin/nginx');
  await writeFile(program, withInterpreter(await readFile(program), join(home, 'usr/lib64/ld-linux-x86-64.so.2')));
  const script = [
    '#!/bin/sh',
    `home='${home.replaceAll("'", String.raw`'\''`)}'`,
    'libraries="$home/usr/lib/x86_64-linux-gnu"',
    'if [ "$1" = -V ]; then',
    '    LD_LIBRARY_PATH="$libraries" "$home/usr/sbin/nginx" -V 2>&1 |',
    '        sed "s|--modules-path=[^ ]*|--modules-path=$home/usr/lib/nginx/modules|" >&2',
    '    exit',
    'fi',
    'LD_LIBRARY_PATH="$libraries" exec "$home/usr/sbin/nginx" "$@"',
    '',
  ];
  await writeFile(join(root, 'nginx'), script.join('\n'), { mode: 0o755 });
};

/** Of two that fetch at once, the first to rename wins; what is there and does not run is replaced. */
const publish = async (root: string, home: string): Promise<string> => {
  const binary = join(home, 'nginx');
  try {
    await rename(root, home);
  } catch {
    if (await runs(binary)) return binary;
    await rm(home, { recursive: true, force: true });
    await rename(root, home);
  }
  await inspectNginx(binary);
  return binary;
};

const runs = (binary: string): Promise<boolean> =>
  inspectNginx(binary).then(
    () => true,
    () => false,
  );
