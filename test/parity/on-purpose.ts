import type { Difference } from './compare.ts';

/** A difference that we chose, and why. */
export interface Reviewed {
  /** Where it shows, as the report prints it. */
  readonly where: string;
  /** What ingress-nginx answered, and what we answer instead. */
  readonly expected: readonly string[];
  readonly came: readonly string[];
  /** A row of the security history of ingress-nginx, or an ADR of ours, and why it is better so. */
  readonly why: string;
}

/**
 * Every difference on purpose, by case. Only what ingress-nginx lets through and we refuse may stand here; everything
 * else is a difference to remove.
 */
export const onPurpose: Readonly<Record<string, readonly Reviewed[]>> = {};

const isSame = (a: Reviewed | Difference, b: Reviewed | Difference): boolean =>
  JSON.stringify([a.where, a.expected, a.came]) === JSON.stringify([b.where, b.expected, b.came]);

/** Whether somebody reviewed exactly this difference. */
export const isReviewed = (name: string, difference: Difference): boolean =>
  (onPurpose[name] ?? []).some((one) => isSame(one, difference));
