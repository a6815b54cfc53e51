import type { ClusterState } from '../cluster/cluster-state.ts';
import { stateOf } from '../cluster/state-of.ts';
import type { Problem } from '../problems/problem.ts';
import type { FieldPath } from '../values/field-path.ts';
import type { ObjectRef } from '../values/object-ref.ts';
import { shownPath, type Entry, type ManifestFile } from './manifest-file.ts';

/** A line of a manifest, from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** What a set of manifest files says. */
export interface ManifestSet {
  readonly state: ClusterState;
  /** Where a field of an object stands, else the nearest field around it; nothing for an object of no manifest. */
  readonly locate: (ref: ObjectRef, field: FieldPath) => Place | undefined;
}

interface Located {
  readonly path: string;
  readonly entry: Entry;
}

const placeOf = ({ path, entry }: Located, field: FieldPath): Place => ({ file: path, line: entry.lineOf(field) });

const shown = (located: Located): string => {
  const { file, line } = placeOf(located, []);
  return `${shownPath(file)}:${line}`;
};

const duplicate = (first: Located, second: Located): Problem => ({
  code: 'DuplicateObject',
  subject: second.entry.subject,
  field: [],
  received: shown(second),
  expected: `no definition beside ${shown(first)}`,
  consequence: 'the first one is used',
});

/** Names under which problems speak of an entry: its own, and for Endpoints those of its slices. */
const namesOf = ({ subject, object }: Entry): readonly ObjectRef[] =>
  object?.kind === 'Endpoints' ? [subject, ...object.resource.slices.map(({ ref }) => ref)] : [subject];

const locateAll = (
  files: readonly ManifestFile[],
  entriesOf: (file: ManifestFile) => readonly Entry[],
): readonly Located[] => files.flatMap((file) => entriesOf(file).map((entry) => ({ path: file.path, entry })));

const hasObject = ({ entry }: Located): boolean => entry.object !== undefined;

interface Chosen {
  readonly first: ReadonlyMap<ObjectRef, Located>;
  readonly duplicates: readonly Problem[];
}

const chooseFirst = (candidates: readonly Located[]): Chosen => {
  const first = new Map<ObjectRef, Located>();
  const duplicates: Problem[] = [];
  for (const candidate of candidates) {
    const taken = first.get(candidate.entry.subject);
    if (taken === undefined) first.set(candidate.entry.subject, candidate);
    else duplicates.push(duplicate(taken, candidate));
  }
  return { first, duplicates };
};

/** Joins files in their order: of two definitions of one object the first counts, and the second is reported. */
export const manifestSetOf = (files: readonly ManifestFile[]): ManifestSet => {
  const written = locateAll(files, ({ entries }) => entries);
  const mistakes = written.filter((located) => !hasObject(located));
  const { first, duplicates } = chooseFirst(written.filter(hasObject));
  const kept = locateAll(files, (file) => file.kept).filter(({ entry }) => !first.has(entry.subject));
  const used = [...first.values(), ...kept];
  const problems = [...used, ...mistakes].flatMap(({ entry }) => entry.problems);
  const places = new Map(
    [...kept, ...mistakes, ...first.values()].flatMap((located) =>
      namesOf(located.entry).map((name) => [name, located]),
    ),
  );
  return {
    state: stateOf(
      used.flatMap(({ entry }) => entry.object ?? []),
      [...duplicates, ...problems],
    ),
    locate: (ref, field) => {
      const located = places.get(ref);
      return located && placeOf(located, field);
    },
  };
};
