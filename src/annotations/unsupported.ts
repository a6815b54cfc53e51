import { parseBool } from '../values/go-bool.ts';
import type { Finding } from './define.ts';

const MAX_DISTANCE = 3;

/** How many letters must be inserted, removed or replaced to get from one word to the other. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, char] of a.split('').entries()) {
    const next = [i + 1];
    for (const [j, other] of b.split('').entries()) {
      next.push(Math.min((row[j] ?? 0) + (char === other ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
};

const suggestion = (name: string, known: Iterable<string>): string => {
  const best = [...known]
    .filter((candidate) => Math.abs(candidate.length - name.length) <= MAX_DISTANCE)
    .map((candidate) => ({ candidate, cost: distance(name, candidate) }))
    .toSorted((a, b) => a.cost - b.cost)[0];
  return best !== undefined && best.cost <= MAX_DISTANCE ? ` (did you mean ${best.candidate}?)` : '';
};

/** An object holds 256 KiB of annotations: thousands of names, each a message and a search for what was meant. */
const MAX_UNKNOWN = 20;

const unknown = (names: readonly string[], known: ReadonlySet<string>): readonly Finding[] => {
  const finding = (key: string, consequence: string): Finding => {
    const expected = `the name of an annotation${suggestion(key, known)}`;
    return { key, code: 'UnknownAnnotation', expected, closes: false, consequence };
  };
  const [next, ...rest] = names.slice(MAX_UNKNOWN);
  return [
    ...names.slice(0, MAX_UNKNOWN).map((key) => finding(key, 'ignoring it')),
    ...(next === undefined ? [] : [finding(next, `ignoring it, and ${rest.length} more of which nothing is said`)]),
  ];
};

const isNo = (text: string): boolean => {
  const value = parseBool(text);
  return text === 'off' || (value.ok && !value.value);
};

/** Whether a value switches off what we do not have: that asks for nothing. */
const isOptOut = (name: string, text: string): boolean => isNo(text) && /^(enable-|ssl-passthrough$)/.test(name);

/** What to say of keys of the ConfigMap that no family has; empty values ask for nothing. */
export const unsupportedSettings = (
  entries: Readonly<Record<string, string>>,
  known: ReadonlySet<string>,
): readonly Finding[] =>
  Object.entries(entries).flatMap(([key, text]): Finding[] => {
    if (known.has(key) || text.trim() === '' || isOptOut(key, text.trim())) return [];
    const named = `the name of a key${suggestion(key, known)}`;
    return [{ key, code: 'UnknownSetting', expected: named, closes: false, consequence: 'ignoring it' }];
  });

/** What to say of annotations with our prefix that no family has. */
export const unsupportedAnnotations = (
  own: ReadonlyMap<string, string>,
  known: ReadonlySet<string>,
): readonly Finding[] => {
  const others = [...own].filter(([name, text]) => !known.has(name) && !isOptOut(name, text.trim()));
  return unknown(
    others.map(([name]) => name),
    known,
  );
};
