import type { KeySpec } from '../../src/annotations/define.ts';

/** What becomes of a key of ingress-nginx. */
export type Verdict = KeySpec['compat'];

const MEANINGS: Readonly<Record<Verdict, string>> = {
  same: 'the same request gets the same answer',
  stricter: 'like ingress-nginx, but closed or refused where ingress-nginx lets something through',
  differs: 'as the text says',
  'no-op': 'accepted, and nothing is left for it to decide',
};

/** A list of the verdicts that occur: what each means, and how often it is given. */
export const legendOf = (given: readonly Verdict[]): string =>
  Object.entries(MEANINGS)
    .map(([verdict, meaning]) => ({ verdict, meaning, count: given.filter((one) => one === verdict).length }))
    .flatMap(({ verdict, meaning, count }) => (count === 0 ? [] : [`- **${verdict}** (${count}): ${meaning}.\n`]))
    .join('');
