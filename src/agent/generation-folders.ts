import { copyFile, mkdir, readdir, readFile, readlink, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Fault } from '../problems/fault.ts';
import type { Layout } from '../protocol/layout.ts';
import { isMissing, replaceLink, updateFile } from './atomic-file.ts';
import { findEndpointNames, type EndpointNames } from './endpoint-names.ts';

/** Stands in the place of a digest until the first generation is live. */
export const BOOTSTRAP = 'bootstrap';

const INCOMING = '.incoming';

/** Copies a generation into `run/`, complete or not at all; NGINX never reads one where the controller can write. */
export const takeGeneration = async ({ desired, run }: Layout, digest: string): Promise<void> => {
  const target = join(run.generations, digest);
  if ((await listGenerations(run)).includes(digest)) return;
  const incoming = join(run.generations, INCOMING);
  await rm(incoming, { recursive: true, force: true });
  for (const file of await plainFiles(join(desired.generations, digest))) {
    const copy = join(incoming, file);
    await mkdir(dirname(copy), { recursive: true, mode: 0o750 });
    await copyFile(join(desired.generations, digest, file), copy);
  }
  await rename(incoming, target);
};

/** Nothing but files and folders is taken: a link could lead NGINX to what the controller may not read. */
const plainFiles = async (folder: string): Promise<readonly string[]> => {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch((error: unknown) => {
    if (isMissing(error)) throw new Fault('protocol', `there is no generation ${folder}`);
    throw error;
  });
  const odd = entries.find((entry) => !entry.isFile() && !entry.isDirectory());
  if (odd !== undefined)
    throw new Fault('protocol', `${join(odd.parentPath, odd.name)} is neither a file nor a folder`);
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
};

/** Writes the generation that answers until the controller has one; says whether its text changed. */
export const writeBootstrap = async (run: Layout['run'], text: string): Promise<boolean> => {
  await mkdir(join(run.generations, BOOTSTRAP), { recursive: true, mode: 0o750 });
  return updateFile(join(run.generations, BOOTSTRAP, 'nginx.conf'), text);
};

/** The generations that lie in `run/`. */
export const listGenerations = async (run: Layout['run']): Promise<readonly string[]> =>
  (await readdir(run.generations)).filter((name) => name !== INCOMING);

/** The generation that `current` leads to; nothing where it leads nowhere. */
export const currentGeneration = async (run: Layout['run']): Promise<string | undefined> => {
  try {
    const digest = basename(await readlink(run.current));
    return (await listGenerations(run)).includes(digest) ? digest : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
};

/** Lets NGINX find this generation at its next start or reload. */
export const switchTo = async (run: Layout['run'], digest: string): Promise<void> => {
  await replaceLink(run.current, join(basename(run.generations), digest));
};

/** Whether a generation has such a file. */
export const hasFile = async (run: Layout['run'], digest: string, file: string): Promise<boolean> =>
  (await readdir(join(run.generations, digest))).includes(file);

/** The endpoint names in the files of a generation. */
export const endpointNamesOf = async (run: Layout['run'], digest: string): Promise<EndpointNames> => {
  const folder = join(run.generations, digest);
  const files = await plainFiles(folder);
  return findEndpointNames(await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8'))));
};

/** Removes all generations but these. */
export const keepGenerations = async (run: Layout['run'], keep: ReadonlySet<string>): Promise<void> => {
  const surplus = (await listGenerations(run)).filter((digest) => !keep.has(digest));
  await Promise.all(surplus.map((digest) => rm(join(run.generations, digest), { recursive: true, force: true })));
};
