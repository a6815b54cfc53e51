import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../problems/fault.ts';
import { compareText } from '../values/compare.ts';
import { isMissing, reasonOf } from './system-error.ts';

const isFolder = async (path: string): Promise<boolean> => (await stat(path)).isDirectory();

/** What was there a moment ago, or where a link leads that leads nowhere, is as good as absent. */
const unlessMissing = async <T>(found: Promise<T>, absent: T): Promise<T> => {
  try {
    return await found;
  } catch (error) {
    if (isMissing(error)) return absent;
    throw error;
  }
};

/** Each folder once, however many links lead to it. */
const filesIn = async (folder: string, visited: Set<string>): Promise<readonly string[]> => {
  const real = await realpath(folder);
  if (visited.has(real)) return [];
  visited.add(real);
  const files: string[] = [];
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => compareText(a.name, b.name))) {
    const path = join(folder, entry.name);
    // What editors, git and ConfigMap volumes keep beside the files that are meant.
    if (entry.name.startsWith('.')) continue;
    const isInner = entry.isDirectory() || (entry.isSymbolicLink() && (await unlessMissing(isFolder(path), false)));
    if (isInner) files.push(...(await unlessMissing(filesIn(path, visited), [])));
    else if (/\.(ya?ml|json)$/.test(entry.name)) files.push(path);
  }
  return files;
};

/** The manifest files that the paths name or hold, each once, in the order of their paths. A Fault where one is missing. */
export const findFiles = async (paths: readonly string[]): Promise<readonly string[]> => {
  try {
    const visited = new Set<string>();
    const files = new Set<string>();
    for (const path of paths) {
      for (const file of (await isFolder(path)) ? await filesIn(path, visited) : [path]) files.add(file);
    }
    return [...files].toSorted(compareText);
  } catch (error) {
    throw new Fault('manifests', `cannot read the manifests: ${reasonOf(error)}`, { cause: error });
  }
};
