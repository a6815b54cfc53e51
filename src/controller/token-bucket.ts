/** When the bucket of a namespace is full again; a full bucket is not kept. All in whole milliseconds. */
export type Buckets = ReadonlyMap<string, number>;

/** Refused tests that one namespace may cause in a row, and how long each takes to be paid back. */
export const BURST = 30;
const REFILL_MS = 30_000;

/** When the namespace may cause a refused test; in the past where it may now. */
export const affordableAt = (buckets: Buckets, namespace: string): number =>
  (buckets.get(namespace) ?? 0) - (BURST - 1) * REFILL_MS;

/** The buckets after a refused test of the namespace. One report may blame several objects, so it may overdraw. */
export const spend = (buckets: Buckets, namespace: string, now: number): Buckets =>
  new Map(buckets).set(namespace, Math.max(now, buckets.get(namespace) ?? 0) + REFILL_MS);

/** The buckets without those that are full by now. */
export const withoutFull = (buckets: Buckets, now: number): Buckets =>
  new Map([...buckets].filter(([, fullAt]) => fullAt > now));
