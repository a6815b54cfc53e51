import { globalSnippetKeys, globalSnippetProtects, type GlobalSnippetKey } from '../annotations/global-snippets.ts';
import type { Problem } from '../problems/problem.ts';
import type { ObjectRef } from '../values/object-ref.ts';

/** A key of the ConfigMap that holds NGINX text. */
export type SnippetKey = GlobalSnippetKey;

/** Texts of snippets of the ConfigMap, by key. */
type Texts = Readonly<Partial<Record<GlobalSnippetKey, string>>>;

/** What the ConfigMap says to NGINX itself. */
export interface SnippetTexts {
  readonly asked: Texts;
  /** What was planned; less where NGINX refused a text before. */
  readonly used: Texts;
}

/** Why NGINX refused a text, and the one that stands in its place; without one nothing does. */
export interface RefusedSnippet {
  readonly reason: string;
  readonly instead?: string;
}

/** Snippets that NGINX refused. This counts for as long as the ConfigMap asks for exactly these texts. */
export interface RefusedSnippets {
  readonly asked: Texts;
  readonly keys: ReadonlyMap<GlobalSnippetKey, RefusedSnippet>;
}

const allKeys = Object.keys(globalSnippetKeys) as GlobalSnippetKey[];

/** Whether both ask for the same. */
export const sameTexts = (a: Texts, b: Texts): boolean => allKeys.every((key) => a[key] === b[key]);

const textsIn = (entries: Readonly<Record<string, string>>): Texts =>
  Object.fromEntries(allKeys.flatMap((key) => (entries[key] === undefined ? [] : [[key, entries[key]]])));

/** The ConfigMap as it is planned. */
export interface PlannedEntries {
  readonly entries: Readonly<Record<string, string>>;
  readonly snippets: SnippetTexts;
  readonly problems: readonly Problem[];
  /** Keys that are left out and may have protected something. */
  readonly unprotected: readonly string[];
}

/** Puts texts that were live before in the place of refused ones; those that never were live are left out. */
export const withoutRefused = (
  entries: Readonly<Record<string, string>>,
  refused: RefusedSnippets | undefined,
  subject: ObjectRef,
): PlannedEntries => {
  const asked = textsIn(entries);
  if (refused === undefined || !sameTexts(asked, refused.asked))
    return { entries, snippets: { asked, used: asked }, problems: [], unprotected: [] };
  const kept = Object.entries(entries).flatMap(([key, text]): (readonly [string, string])[] => {
    const found = refused.keys.get(key as GlobalSnippetKey);
    if (found === undefined) return [[key, text]];
    return found.instead === undefined ? [] : [[key, found.instead]];
  });
  const lost = [...refused.keys].filter(([, { instead }]) => instead === undefined).map(([key]) => key);
  const unprotected = lost.filter((key) => globalSnippetProtects(key, asked[key] ?? ''));
  const problems = [...refused.keys].map(([key, { reason, instead }]): Problem => {
    const leftOut = unprotected.includes(key) ? 'leaving it out; all routes answer 503' : 'leaving it out';
    return {
      code: 'ConfigRejected',
      subject,
      field: ['data', key],
      expected: `a configuration that NGINX accepts (${reason})`,
      consequence: instead === undefined ? leftOut : 'the text that was live before stands in its place',
    };
  });
  const planned = Object.fromEntries(kept);
  return { entries: planned, snippets: { asked, used: textsIn(planned) }, problems, unprotected };
};
