import { setTimeout as sleep } from 'node:timers/promises';

/** How long to wait; in a test, shorter. */
export interface Pauses {
  /** Before a watch that ended in peace is opened again, at most. */
  readonly reconnectMs: number;
  /** After a first failure; doubled with each, up to the longest. */
  readonly firstMs: number;
  readonly longestMs: number;
}

/** What an API server can bear of a crowd of controllers. */
export const patient: Pauses = { reconnectMs: 1000, firstMs: 1000, longestMs: 10_000 };

/** The pause after that many failures in a row: half of it certain, half at random, so that a crowd spreads out. */
export const pauseAfter = (failures: number, pauses: Pauses, random: number): number => {
  if (failures === 0) return Math.round(pauses.reconnectMs * random);
  const full = Math.min(pauses.longestMs, pauses.firstMs * 2 ** (failures - 1));
  return Math.round(full * (0.5 + random / 2));
};

/** Waits, or less where the signal comes first. */
export const pause = async (milliseconds: number, signal: AbortSignal): Promise<void> => {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
};
