import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LoopWorld, refusing } from '../../test/support/loop-world.ts';
import type { Outcome } from '../protocol/outcome.ts';

let world: LoopWorld;
let ended: Promise<unknown>;

beforeEach(() => {
  world = new LoopWorld();
});

afterEach(async () => {
  world.stop();
  await ended;
});

const start = async (): Promise<void> => {
  ended = world.run().catch((error: unknown) => error);
  world.apply({ a: '1' });
  await world.clock.advance(50);
};

const SAID = 'bind() to 0.0.0.0:9009 failed (98: Address already in use)';

/** NGINX cannot open these ports. */
const holding =
  (...ports: readonly number[]) =>
  (lines: readonly string[]): Outcome => {
    const held = ports.filter((port) => lines.includes(`port ${port}`));
    if (held.length === 0) return { kind: 'live' };
    const errors = held.map((port) => ({ text: SAID.replace('9009', String(port)) }));
    return { kind: 'refused', errors: [...errors, { text: 'still could not bind()' }] };
  };

const codes = (): readonly (readonly string[] | undefined)[] =>
  world.problems.map((all) => all.map(({ code, field }) => [code, ...field].join(' ')).toSorted());

describe('a port that somebody else holds', () => {
  beforeEach(() => {
    world.streamPorts = [9009, 9010];
    world.answer = holding(9009);
  });

  test('is told and left out at once, and everything else goes live', async () => {
    await start();
    expect(world.published).toEqual(['a 1\nport 9009\nport 9010', 'a 1\nport 9010']);
    expect(codes()).toEqual([[], ['StreamPortHeld 9009'], ['StreamPortHeld 9009']]);
    expect(world.problems.at(-1)?.[0]?.expected).toBe(SAID);
    expect(world.summaries).toMatchObject([{ outcome: 'live', tests: 2 }]);
    expect(world.complaints).toEqual([]);
  });

  test('does not hold up later changes', async () => {
    await start();
    world.apply({ a: '2' });
    await world.clock.advance(50);
    expect(world.published.at(-1)).toBe('a 2\nport 9010');
    expect(world.published).toHaveLength(3);
  });

  test('is tried again with growing pauses, and told all the while', async () => {
    await start();
    const times: number[] = [];
    for (let second = 1; second <= 70; second += 1) {
      const before = world.published.filter((text) => text.includes('port 9009')).length;
      await world.clock.advance(1000);
      if (world.published.filter((text) => text.includes('port 9009')).length > before) times.push(second);
    }
    expect(times).toEqual([1, 3, 7, 15, 31, 63]);
    expect(codes().slice(1).flat()).toEqual(
      codes()
        .slice(1)
        .map(() => 'StreamPortHeld 9009'),
    );
  });

  test('is opened once it is free', async () => {
    await start();
    world.answer = () => ({ kind: 'live' });
    await world.clock.advance(1000);
    expect(world.published.at(-1)).toBe('a 1\nport 9009\nport 9010');
    expect(codes().at(-1)).toEqual([]);
    const { length } = world.published;
    await world.clock.advance(600_000);
    expect(world.published).toHaveLength(length);
  });

  test('is forgotten once nobody asks for it', async () => {
    await start();
    world.streamPorts = [9010];
    world.apply({ a: '1' });
    await world.clock.advance(2000);
    world.streamPorts = [9009];
    world.answer = () => ({ kind: 'live' });
    world.apply({ a: '1' });
    await world.clock.advance(50);
    expect(world.published.at(-1)).toBe('a 1\nport 9009');
  });

  test('is found beside another one and beside a refused object', async () => {
    world.answer = (lines) => {
      const outcome = holding(9009, 9010)(lines);
      return outcome.kind === 'live' ? refusing(['a 1'])(lines) : outcome;
    };
    await start();
    expect(world.published.at(-1)).toBe('a closed');
    expect(codes().at(-1)).toEqual(['ConfigRejected', 'StreamPortHeld 9009', 'StreamPortHeld 9010']);
  });
});
