import { dirname } from 'node:path';
import { compareText } from '../values/compare.ts';
import { refreshFile, type CachedFile } from './refresh-file.ts';
import { findFiles } from './find-files.ts';
import { manifestSetOf, type ManifestSet } from './manifest-set.ts';

/** Files open at the same time. */
const BATCH = 64;

type Cache = ReadonlyMap<string, CachedFile>;

const refreshAll = async (paths: readonly string[], cache: Cache): Promise<Cache> => {
  const fresh = new Map<string, CachedFile>();
  for (let start = 0; start < paths.length; start += BATCH) {
    const batch = paths.slice(start, start + BATCH);
    const files = await Promise.all(
      batch.map(async (path) => [path, await refreshFile(path, cache.get(path))] as const),
    );
    for (const [path, file] of files) if (file !== undefined) fresh.set(path, file);
  }
  return fresh;
};

/** Whether one of these stands where a folder was above the path. */
const isBelow = (path: string, found: ReadonlySet<string>): boolean => {
  for (let above = dirname(path); above !== dirname(above); above = dirname(above)) {
    if (found.has(above)) return true;
  }
  return false;
};

/** Besides what is found, what was known below a folder that cannot be looked at now. */
const withHidden = (found: readonly string[], cache: Cache): readonly string[] => {
  const known = new Set(found);
  const hidden = [...cache.keys()].filter((path) => !known.has(path) && isBelow(path, known));
  return hidden.length === 0 ? found : [...found, ...hidden].toSorted(compareText);
};

const isSame = (one: Cache, other: Cache): boolean =>
  one.size === other.size && [...one].every(([path, { file }]) => other.get(path)?.file === file);

/**
 * Reads the same files and folders again and again, and parses only what changed. It answers with the same set as
 * before where nothing changed, and with a Fault where a path cannot be read. What a folder below it held that cannot be
 * read any more stays.
 */
export const createManifestReader = (paths: readonly string[]): (() => Promise<ManifestSet>) => {
  let cache: Cache = new Map();
  let latest: ManifestSet | undefined;
  return async () => {
    const fresh = await refreshAll(withHidden(await findFiles(paths), cache), cache);
    if (latest === undefined || !isSame(fresh, cache))
      latest = manifestSetOf([...fresh.values()].map(({ file }) => file));
    cache = fresh;
    return latest;
  };
};
