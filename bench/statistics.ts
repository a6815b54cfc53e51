/** Several measurements of one thing. */
export interface Spread {
  readonly median: number;
  readonly max: number;
  readonly values: readonly number[];
}

/** The middle of some numbers, and the largest. */
export const spreadOf = (values: readonly number[]): Spread => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle)] ?? NaN)) / 2;
  return { median, max: sorted.at(-1) ?? NaN, values };
};
