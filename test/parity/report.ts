import type { Tally } from '../../scripts/test-report.ts';
import type { Difference } from './compare.ts';
import { isReviewed } from './on-purpose.ts';

/** What came of a case. */
export type Verdict =
  | { readonly name: string; readonly kind: 'same' | 'stricter' }
  | { readonly name: string; readonly kind: 'different'; readonly differences: readonly Difference[] }
  | { readonly name: string; readonly kind: 'not covered'; readonly missing: readonly string[] };

/** Judges a case by its differences. */
export const verdictOf = (name: string, differences: readonly Difference[]): Verdict => {
  const open = differences.filter((difference) => !isReviewed(name, difference));
  if (open.length > 0) return { name, kind: 'different', differences: open };
  return { name, kind: differences.length === 0 ? 'same' : 'stricter' };
};

const LONGEST_LINE = 300;

const indented = (sign: string, lines: readonly string[]): readonly string[] =>
  lines.map((line) => `    ${sign} ${line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line}`);

/** Prints what is not covered and why, every difference, and the counts last. */
export const printReport = (verdicts: readonly Verdict[]): void => {
  const count = (kind: Verdict['kind']): number => verdicts.filter((verdict) => verdict.kind === kind).length;
  for (const verdict of verdicts)
    if (verdict.kind === 'not covered') console.log(`not covered  ${verdict.name}: ${verdict.missing.join(', ')}`);
  for (const verdict of verdicts) {
    if (verdict.kind !== 'different') continue;
    console.log(`different    ${verdict.name}`);
    for (const { where, expected, came } of verdict.differences) {
      console.log([`  ${where}`, ...indented('-', expected), ...indented('+', came)].join('\n'));
    }
  }
  console.log(
    `${count('same')} same, ${count('stricter')} stricter on purpose, ${count('different')} different, ${count('not covered')} not covered yet`,
  );
};

/** The counts as the other parts of `npm test` give them. */
export const tallyOf = (verdicts: readonly Verdict[]): Tally => ({
  passed: verdicts.filter(({ kind }) => kind === 'same' || kind === 'stricter').length,
  failed: verdicts.filter(({ kind }) => kind === 'different').length,
  skipped: [],
});
