import { existsSync, readFileSync } from 'node:fs';
import { shownKeys, type ShownKey } from '../../test/support/shown-keys.ts';
import { defaultText, type Key } from './registry-keys.ts';

/** An Ingress or ConfigMap of a golden case that shows how a key is used. */
export interface Example {
  /** `family/case`. */
  readonly golden: string;
  /** What the case shows, in its own words. */
  readonly about: string;
  /** What the object says, by name as it is written there. */
  readonly entries: Readonly<Record<string, string>>;
}

let known: readonly ShownKey[] | undefined;

/** Planning every case takes seconds, so it is done once. */
const allShown = (): readonly ShownKey[] => (known ??= shownKeys());

const ofObject = ({ golden, subject }: ShownKey): readonly ShownKey[] =>
  allShown().filter((one) => one.golden === golden && one.subject === subject);

const isAsked = ({ golden }: ShownKey): boolean => existsSync(`${golden.folder}/requests.yaml`);

/** Smaller is better: it says something, nothing is wrong with it, its case shows no mistakes, NGINX is asked, it is short. */
const rankOf = (key: Key, shown: ShownKey): readonly number[] => [
  shown.text === '' || shown.text === defaultText(key) ? 1 : 0,
  shown.problems.ofObject,
  shown.problems.ofCase,
  isAsked(shown) ? 0 : 1,
  ofObject(shown).length,
];

const compareRanks = (a: readonly number[], b: readonly number[]): number =>
  a.map((rank, index) => rank - (b[index] ?? 0)).find((difference) => difference !== 0) ?? 0;

const aboutOf = (golden: ShownKey['golden']): string => {
  const lines = readFileSync(`${golden.folder}/input.yaml`, 'utf8').split('\n');
  const end = lines.findIndex((line) => !line.startsWith('#'));
  return lines
    .slice(0, end)
    .map((line) => line.replace(/^#\s*/, ''))
    .join(' ');
};

const toExample = (shown: ShownKey): Example => {
  const prefix = shown.source === 'annotation' ? `${shown.golden.options.annotationsPrefix}/` : '';
  return {
    golden: shown.golden.name,
    about: aboutOf(shown.golden),
    entries: Object.fromEntries(ofObject(shown).map(({ key, text }) => [`${prefix}${key}`, text])),
  };
};

const best = (key: Key, outcome: ShownKey['outcome']): Example | undefined => {
  const [first] = allShown()
    .filter((one) => one.source === key.source && one.key === key.name && one.outcome === outcome)
    .filter(({ golden }) => golden.name.startsWith(`${key.family}/`))
    .map((one) => ({ one, rank: rankOf(key, one) }))
    .toSorted((a, b) => compareRanks(a.rank, b.rank));
  return first === undefined ? undefined : toExample(first.one);
};

/** The simplest golden case of the family in which a key is taken; absent where there is none. */
export const exampleOf = (key: Key): Example | undefined => best(key, 'taken');

/** The simplest golden case of the family in which a key closes its routes; absent where there is none. */
export const closedExampleOf = (key: Key): Example | undefined => best(key, 'closes');
