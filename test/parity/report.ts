import type { Tally } from '../../scripts/test-report.ts';
import type { Difference } from './compare.ts';
import { isReviewed, onPurpose } from './on-purpose.ts';

/** What came of a case. */
export type Verdict =
  | { readonly name: string; readonly kind: 'same' | 'stricter' }
  | { readonly name: string; readonly kind: 'different'; readonly differences: readonly Difference[] }
  | { readonly name: string; readonly kind: 'not covered'; readonly missing: readonly string[] };

/** Judges a case by its differences; a reviewed one that does not show any more is to be struck out. */
export const verdictOf = (name: string, found: readonly Difference[]): Verdict => {
  const reviewed = onPurpose[name] ?? [];
  const open = found.filter((difference) => !reviewed.some((one) => isReviewed(one, difference)));
  const gone = reviewed.filter((one) => !found.some((difference) => isReviewed(one, difference)));
  const differences = [
    ...open,
    ...gone.map(({ where }) => ({ where, expected: ['the difference of test/parity/on-purpose.ts'], came: [] })),
  ];
  if (differences.length > 0) return { name, kind: 'different', differences };
  return { name, kind: found.length === 0 ? 'same' : 'stricter' };
};

const LONGEST_LINE = 300;

const indented = (sign: string, lines: readonly string[]): readonly string[] =>
  lines.map((line) => `    ${sign} ${line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line}`);

/** Prints what is not covered and why, every difference, and the counts last. */
export const printReport = (of: string, verdicts: readonly Verdict[]): void => {
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
    `${of}: ${count('same')} same, ${count('stricter')} stricter on purpose, ${count('different')} different, ${count('not covered')} not covered yet`,
  );
};

/** The counts as the other parts of `npm test` give them. */
export const tallyOf = (verdicts: readonly Verdict[]): Tally => {
  const failures = verdicts.filter(({ kind }) => kind === 'different').map(({ name }) => `different: ${name}`);
  const passed = verdicts.filter(({ kind }) => kind === 'same' || kind === 'stricter').length;
  return { passed, failed: failures.length, failures };
};
