import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '../agent/logger.ts';

/** How a process ended. */
export interface Exit {
  readonly code?: number;
  readonly signal?: string;
}

/** A process that runs now. */
export interface Running {
  readonly pid: number;
  readonly ended: Promise<Exit>;
}

/** What is started again and again. */
export interface RestartLoop {
  readonly name: string;
  readonly start: () => Promise<Running>;
  /** Whether to give up after this end; `steady` once a process of this loop ran for a while. */
  readonly isFinal?: (exit: Exit, steady: boolean) => boolean;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** A process that lived this long was started well; its end is a new event. */
const STEADY_MS = 5_000;
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 10_000;

/** How long to wait after this many ends in quick succession: not at all after the first. */
export const restartDelay = (ends: number): number =>
  ends <= 1 ? 0 : Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (ends - 2));

/** Keeps a process running until the signal; resolves with the end after which it gave up, if that came first. */
export const keepRunning = async (loop: RestartLoop): Promise<Exit | undefined> => {
  const { name, log, signal } = loop;
  let ends = 0;
  let steady = false;
  while (!signal.aborted) {
    const begun = performance.now();
    const exit = await (await loop.start()).ended;
    if (signal.aborted) return undefined;
    const livedMs = Math.round(performance.now() - begun);
    steady ||= livedMs >= STEADY_MS;
    if (loop.isFinal?.(exit, steady) === true) return exit;
    ends = livedMs >= STEADY_MS ? 1 : ends + 1;
    const delayMs = restartDelay(ends);
    log.error(`${name} ended, starting it again`, { ...exit, livedMs, delayMs });
    await pause(delayMs, undefined, { signal }).catch(() => undefined);
  }
  return undefined;
};
