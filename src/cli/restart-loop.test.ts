import { describe, expect, it } from 'vitest';
import { keepRunning, restartDelay, type Exit, type Running } from './restart-loop.ts';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

const endingWith = (exit: Exit): Promise<Running> => Promise.resolve({ pid: 1, ended: Promise.resolve(exit) });

describe('restartDelay', () => {
  it('is nothing after the first end and grows to ten seconds', () => {
    expect([1, 2, 3, 4, 20].map(restartDelay)).toEqual([0, 250, 500, 1_000, 10_000]);
  });
});

describe('keepRunning', () => {
  it('starts again, until an end is final', async () => {
    const events: string[] = [];
    const codes = [70, 3];
    const last = await keepRunning({
      name: 'it',
      start: () => {
        events.push('start');
        return endingWith({ code: codes.shift() ?? 0 });
      },
      isFinal: ({ code }, steady) => code === 3 && !steady,
      log,
      signal: new AbortController().signal,
    });
    expect(last).toEqual({ code: 3 });
    expect(events).toEqual(['start', 'start']);
  });

  it('does not start again what ended because it was told to', async () => {
    const stop = new AbortController();
    const { promise: ended, resolve } = Promise.withResolvers<Exit>();
    let starts = 0;
    const kept = keepRunning({
      name: 'it',
      start: () => {
        starts += 1;
        return Promise.resolve({ pid: 1, ended });
      },
      log,
      signal: stop.signal,
    });
    stop.abort();
    resolve({ code: 0 });
    expect(await kept).toBeUndefined();
    expect(starts).toBe(1);
  });
});
