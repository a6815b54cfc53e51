import { access, link, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Generation } from '../protocol/generation.ts';
import { invariant } from '../values/invariant.ts';
import { makeFolder, writeNew } from './folders.ts';

const INSIDE = /^(?!\.)[\w-][\w.-]*(?:\/(?!\.)[\w-][\w.-]*)*$/;

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/**
 * Writes the folder of a generation: under another name until it is complete, so that a folder with a digest for a name
 * holds all of its files. A file that the previous generation has too becomes a link to it.
 */
export const writeGeneration = async (
  generations: string,
  generation: Generation,
  previous: Generation | undefined,
): Promise<void> => {
  const folder = `${generations}/${generation.digest}`;
  if (await exists(folder)) return;
  const incoming = `${folder}.incoming`;
  await rm(incoming, { recursive: true, force: true });
  try {
    await writeFiles(incoming, generation, { generations, previous });
    await rename(incoming, folder);
  } catch (error) {
    // A volume that is full must not stay so because of what did not fit.
    await rm(incoming, { recursive: true, force: true });
    throw error;
  }
};

const writeFiles = async (
  folder: string,
  { files }: Generation,
  { generations, previous }: { readonly generations: string; readonly previous: Generation | undefined },
): Promise<void> => {
  await makeFolder(folder, 0o750);
  const unchanged = new Map(previous?.files.map(({ path, text }) => [path, text]));
  for (const { path, text } of files) {
    invariant(INSIDE.test(path), `${path} leads out of a generation`);
    await makeFolder(dirname(`${folder}/${path}`), 0o750);
    const isLinked =
      unchanged.get(path) === text && (await linked(`${generations}/${previous?.digest}/${path}`, `${folder}/${path}`));
    if (!isLinked) await writeNew(`${folder}/${path}`, text, 0o640);
  }
};

/** Fails where the previous generation was removed meanwhile. */
const linked = (from: string, to: string): Promise<boolean> =>
  link(from, to).then(
    () => true,
    () => false,
  );
