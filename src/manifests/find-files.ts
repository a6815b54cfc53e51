import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../problems/fault.ts';
import { compareText } from '../values/compare.ts';
import { hasCode, isSystemError, reasonOf } from '../values/thrown.ts';

const isFolder = async (path: string): Promise<boolean> => (await stat(path)).isDirectory();

/** Each folder once, however many links lead to it. */
const filesIn = async (folder: string, visited: Set<string>): Promise<readonly string[]> => {
  const real = await realpath(folder);
  if (visited.has(real)) return [];
  visited.add(real);
  const files: string[] = [];
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => compareText(a.name, b.name))) {
    // What editors, git and ConfigMap volumes keep beside the files that are meant.
    if (!entry.name.startsWith('.')) files.push(...(await filesOf(entry, join(folder, entry.name), visited)));
  }
  return files;
};

const filesOf = async (entry: Dirent, path: string, visited: Set<string>): Promise<readonly string[]> => {
  try {
    const isInner = entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(path)));
    if (isInner) return await filesIn(path, visited);
    return /\.(ya?ml|json)$/.test(entry.name) ? [path] : [];
  } catch (error) {
    // What was there a moment ago, or where a link leads that leads nowhere, is as good as absent.
    if (hasCode(error, 'ENOENT')) return [];
    if (isSystemError(error)) return [path];
    throw error;
  }
};

/**
 * The manifest files that the paths name or hold, each once, in the order of their paths; what cannot be looked at in a
 * folder stands among them, because nobody knows what it holds. A Fault where one of the paths cannot be looked at.
 */
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
