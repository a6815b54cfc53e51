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

const isSame = (one: Cache, other: Cache): boolean =>
  one.size === other.size && [...one].every(([path, { file }]) => other.get(path)?.file === file);

/**
 * Reads the same files and folders again and again, and parses only what changed. It answers with the same set as
 * before where nothing changed, and with a Fault where a path cannot be read.
 */
export const createManifestReader = (paths: readonly string[]): (() => Promise<ManifestSet>) => {
  let cache: Cache = new Map();
  let latest: ManifestSet | undefined;
  return async () => {
    const fresh = await refreshAll(await findFiles(paths), cache);
    if (latest === undefined || !isSame(fresh, cache))
      latest = manifestSetOf([...fresh.values()].map(({ file }) => file));
    cache = fresh;
    return latest;
  };
};
