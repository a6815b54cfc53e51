import { createManifestReader } from './manifest-reader.ts';
import type { ManifestSet } from './manifest-set.ts';

export type { ManifestSet } from './manifest-set.ts';

/** What manifests say: files, and folders with all `.yaml`, `.yml` and `.json` below them. A Fault where one is missing. */
export const readManifests = (paths: readonly string[]): Promise<ManifestSet> => createManifestReader(paths)();
