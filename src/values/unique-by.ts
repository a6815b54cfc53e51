/** Of values with the same key only the last, in the place of the first. */
export const uniqueBy = <T>(values: readonly T[], keyOf: (value: T) => unknown): readonly T[] => [
  ...new Map(values.map((value) => [keyOf(value), value])).values(),
];
