import { afterEach, beforeEach, expect, test } from 'vitest';
import { LoopWorld, refusing } from '../../test/support/loop-world.ts';

let world: LoopWorld;
let ended: Promise<unknown>;

beforeEach(async () => {
  world = new LoopWorld();
  ended = world.run().catch((error: unknown) => error);
  world.apply({ a: '1' });
  await world.clock.advance(50);
});

afterEach(async () => {
  world.stop();
  await ended;
});

test('changed templates print what is live, and then what is new', async () => {
  world.offer = 'styled';
  world.apply({ a: '2' });
  await world.clock.advance(50);
  expect(world.published).toEqual(['a 1', 'a 1\nstyled', 'a 2\nstyled']);
  expect(world.offer).toBeUndefined();
});

test('templates that NGINX refuses are dropped, what ran runs again, and no Ingress is blamed', async () => {
  world.answer = refusing(['styled'], { named: true });
  world.offer = 'styled';
  world.apply({ a: '2' });
  await world.clock.advance(50);
  expect(world.published).toEqual(['a 1', 'a 1\nstyled', 'a 1', 'a 2']);
  expect(world.refusedOffers).toEqual(['nginx.conf:2: unknown directive "x"']);
  expect(world.summaries.at(-1)).toMatchObject({ outcome: 'live', problems: 0 });
});

test('templates that could not be tried are tried again, and nothing else is published meanwhile', async () => {
  world.answer = () => ({ kind: 'failed', message: 'the agent is silent' });
  world.offer = 'styled';
  world.apply({ a: '2' });
  await world.clock.advance(50);
  expect(world.published).toEqual(['a 1', 'a 1\nstyled']);
  expect(world.complaints).toEqual([['the agent is silent']]);
  world.answer = () => ({ kind: 'live' });
  await world.clock.advance(60_000);
  expect(world.published.slice(-2)).toEqual(['a 1\nstyled', 'a 2\nstyled']);
});

test('a bad Ingress is blamed itself when templates change at the same time', async () => {
  world.answer = refusing(['b 1']);
  world.offer = 'styled';
  world.apply({ a: '1', b: '1' });
  await world.clock.advance(50);
  expect(world.refusedOffers).toEqual([]);
  expect(world.published.at(-1)).toBe('a 1\nb closed\nstyled');
});
