import { readdir, readFile, rm } from 'node:fs/promises';
import { DEFAULT_CERTIFICATE } from '../protocol/generation.ts';
import type { Layout } from '../protocol/layout.ts';
import type { Desired, Status } from '../protocol/messages.ts';

/** Generations that something may still read; absent where the agent cannot tell which its workers run. */
export const neededGenerations = (desired: Desired, status: Status): ReadonlySet<string> | undefined => {
  const running = status.generations.map(({ digest }) => digest);
  if (running.includes('unknown')) return undefined;
  return new Set([desired.digest, status.live, status.digest, ...running].filter((digest) => digest !== undefined));
};

/** What is kept besides the generations. */
export interface Kept {
  readonly generations: ReadonlySet<string>;
  readonly shards: ReadonlySet<string>;
  /** Worker files of the generation that is asked for. */
  readonly files: ReadonlySet<string>;
  /** Names of the certificates in the runtime table. */
  readonly certificates: ReadonlySet<string>;
}

/** Removes from `desired/` what is not kept, and files that no kept generation names; returns the certificates removed. */
export const prune = async (desired: Layout['desired'], kept: Kept): Promise<readonly string[]> => {
  await removeAllBut(desired.generations, (name) => kept.generations.has(name));
  await removeAllBut(desired.endpoints, (name) => kept.shards.has(name));
  const isKept = (name: string): boolean =>
    name === DEFAULT_CERTIFICATE || kept.files.has(name) || kept.certificates.has(name);
  const found = [...(await readdir(desired.files)), ...(await readdir(desired.certs)).map(certificateName)];
  if (found.every(isKept)) return [];
  const named = await namesIn(desired.generations);
  await removeAllBut(desired.files, (name) => isKept(name) || named.has(name));
  const removed = await removeAllBut(desired.certs, (file) => {
    const name = certificateName(file);
    return isKept(name) || named.has(name);
  });
  return removed.map(certificateName);
};

const certificateName = (file: string): string => file.replace(/\.pem$/, '');

const removeAllBut = async (folder: string, isKept: (name: string) => boolean): Promise<readonly string[]> => {
  const removed = (await readdir(folder)).filter((name) => !isKept(name));
  for (const name of removed) await rm(`${folder}/${name}`, { recursive: true, force: true });
  return removed;
};

/** Digests that the texts of all generations in a folder mention: worker files and certificates are named by digests. */
const namesIn = async (folder: string): Promise<ReadonlySet<string>> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = new Set<string>();
  for (const entry of entries.filter((one) => one.isFile())) {
    const text = await readFile(`${entry.parentPath}/${entry.name}`, 'utf8');
    for (const [name] of text.matchAll(/\b[0-9a-f]{32,64}\b/g)) names.add(name);
  }
  return names;
};
