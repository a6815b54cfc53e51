import type { Finding } from './define.ts';
import { plannedAnnotations } from './planned.ts';

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
    .map((candidate) => ({ candidate, cost: distance(name.slice(0, 80), candidate) }))
    .toSorted((a, b) => a.cost - b.cost)[0];
  return best !== undefined && best.cost <= MAX_DISTANCE ? ` (did you mean ${best.candidate}?)` : '';
};

/** What to say of annotations with our prefix that no family has. */
export const unsupportedAnnotations = (names: Iterable<string>, known: ReadonlySet<string>): readonly Finding[] =>
  [...names].flatMap((name): readonly Finding[] => {
    if (known.has(name)) return [];
    const planned = plannedAnnotations[name];
    const expected = 'an annotation that this version supports';
    if (planned === 'closes') return [{ key: name, code: 'UnsupportedSecurityAnnotation', expected, closes: true }];
    if (planned === 'ignored') {
      return [{ key: name, code: 'UnsupportedAnnotation', expected, closes: false, consequence: 'ignoring it' }];
    }
    const all = [...known, ...Object.keys(plannedAnnotations)];
    return [
      {
        key: name,
        code: 'UnknownAnnotation',
        expected: `the name of an annotation${suggestion(name, all)}`,
        closes: false,
        consequence: 'ignoring it',
      },
    ];
  });
