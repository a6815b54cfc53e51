import { refParts } from '../values/object-ref.ts';
import type { Entry, ManifestFile } from './manifest-file.ts';

const isReadable = (entry: Entry): boolean => entry.object !== undefined;

/**
 * The objects of the previous version that may stand where the new version cannot be read. A mistake that was there
 * before hides nothing more than it did then; without mistakes, what is missing was removed on purpose.
 */
export const keptOf = (
  file: Pick<ManifestFile, 'entries' | 'broken'>,
  previous: Pick<ManifestFile, 'entries' | 'broken' | 'kept'>,
): readonly Entry[] => {
  if (file.broken.size === 0) return [];
  const isNew = [...file.broken].some((text) => !previous.broken.has(text));
  const present = new Set(file.entries.filter(isReadable).map(({ subject }) => subject));
  const candidates = isNew ? [...previous.entries.filter(isReadable), ...previous.kept] : previous.kept;
  return candidates.filter(({ subject }) => !present.has(subject));
};

/** The entries, whose mistakes say that the last good version is used where one is. */
export const withKept = (entries: readonly Entry[], kept: readonly Entry[]): readonly Entry[] => {
  if (kept.length === 0) return entries;
  const subjects = new Set(kept.map(({ subject }) => subject));
  const consequence = 'the last good version is used';
  return entries.map((entry) => {
    const replaced = subjects.has(entry.subject) || refParts(entry.subject).kind === 'File';
    if (isReadable(entry) || !replaced) return entry;
    return { ...entry, problems: entry.problems.map((problem) => ({ ...problem, consequence })) };
  });
};
