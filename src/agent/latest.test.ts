import { describe, expect, it } from 'vitest';
import { Latest } from './latest.ts';

const never = new AbortController().signal;

describe('Latest', () => {
  it('gives a value that came before it was asked for', async () => {
    const latest = new Latest<{ n: number }>();
    latest.put({ n: 1 });
    expect(await latest.take(never)).toEqual({ n: 1 });
  });

  it('waits for a value', async () => {
    const latest = new Latest<{ n: number }>();
    const taken = latest.take(never);
    latest.put({ n: 1 });
    expect(await taken).toEqual({ n: 1 });
  });

  it('forgets all but the newest, and gives it once', async () => {
    const latest = new Latest<{ n: number }>();
    for (const n of [1, 2, 3]) latest.put({ n });
    expect(await latest.take(never)).toEqual({ n: 3 });
    const next = latest.take(never);
    latest.put({ n: 4 });
    expect(await next).toEqual({ n: 4 });
  });

  it('gives nothing when the limit ends the wait, and waits again', async () => {
    const latest = new Latest<{ n: number }>();
    expect(await latest.take(never, 1)).toBeUndefined();
    const taken = latest.take(never, 10_000);
    latest.put({ n: 1 });
    expect(await taken).toEqual({ n: 1 });
  });

  it('gives nothing when the wait is ended, and keeps the value for the next who asks', async () => {
    const latest = new Latest<{ n: number }>();
    const end = new AbortController();
    const taken = latest.take(end.signal);
    end.abort();
    expect(await taken).toBeUndefined();
    latest.put({ n: 5 });
    expect(await latest.take(end.signal)).toBeUndefined();
    expect(await latest.take(never)).toEqual({ n: 5 });
  });
});
