import { setTimeout as pause } from 'node:timers/promises';

/** How long and how often a condition of another process is looked at. */
export interface Patience {
  readonly limitMs: number;
  readonly everyMs: number;
  readonly signal: AbortSignal;
}

/**
 * Asks until there is an answer; nothing when the patience ends. For what only /proc, a socket or a log tells,
 * which announce no change.
 */
export const until = async <T>(ask: () => Promise<T | undefined>, patience: Patience): Promise<T | undefined> => {
  const deadline = performance.now() + patience.limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined || performance.now() >= deadline || patience.signal.aborted) return answer;
    await pause(patience.everyMs, undefined, { signal: patience.signal }).catch(() => undefined);
  }
};
