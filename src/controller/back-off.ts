const FIRST_MS = 1000;

/** How long to wait after the given number of failures: one second, doubled with each, up to the longest. */
export const backOff = (failures: number, longestMs: number): number =>
  Math.min(longestMs, FIRST_MS * 2 ** Math.max(0, failures - 1));
