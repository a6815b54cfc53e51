import type { Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { hasCode } from '../values/thrown.ts';
import type { ManifestFile } from './manifest-file.ts';
import { readManifestFile, unreadableFile } from './read-manifest-file.ts';

/** A file as it was read, and how to see that it is still the same. */
export interface CachedFile {
  readonly file: ManifestFile;
  readonly text?: string;
  /** Absent where the file may change without a change of its stamp. */
  readonly stamp?: string;
}

const MAX_BYTES = 64 * 1024 * 1024;

/** Two writes within one tick of the file system's clock leave the same times behind. */
const CLOCK_TICK = 1000;

const stampOf = ({ ino, size, mtimeMs, ctimeMs }: Stats): string => [ino, size, mtimeMs, ctimeMs].join(' ');

/** What a file must be before it is opened: a pipe would never end. */
const unmetBy = (stats: Stats): string | undefined => {
  if (stats.isDirectory()) return 'a readable folder';
  if (!stats.isFile()) return 'a regular file';
  return stats.size > MAX_BYTES ? `a file of at most ${MAX_BYTES} bytes` : undefined;
};

const read = async (path: string, cached: CachedFile | undefined): Promise<CachedFile> => {
  const stats = await stat(path);
  const stamp = stampOf(stats);
  if (cached?.stamp === stamp) return cached;
  const unmet = unmetBy(stats);
  if (unmet !== undefined) return { file: unreadableFile(path, unmet, cached?.file) };
  const now = Date.now();
  const text = await readFile(path, 'utf8');
  const file = text === cached?.text ? cached.file : readManifestFile(path, text, cached?.file);
  return { file, text, ...(now - stats.ctimeMs > CLOCK_TICK ? { stamp } : {}) };
};

/** Reads a file unless its cached version still holds; nothing where the file has gone meanwhile. */
export const refreshFile = async (path: string, cached: CachedFile | undefined): Promise<CachedFile | undefined> => {
  try {
    return await read(path, cached);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    return { file: unreadableFile(path, 'a readable file', cached?.file) };
  }
};
