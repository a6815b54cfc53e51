import { afterEach, beforeEach, expect, test } from 'vitest';
import { bareIngress, LoopWorld, refusing } from '../../test/support/loop-world.ts';
import type { Outcome } from '../protocol/outcome.ts';
import { encodeLastGood } from './last-good.ts';

let world: LoopWorld;
let ended: Promise<unknown>;

const begin = async (settings: Readonly<Record<string, string>>): Promise<void> => {
  world.settings = settings;
  world.apply({ a: '1', b: '1' });
  ended = world.run().catch((error: unknown) => error);
  await world.clock.advance(50);
};

const edit = async (
  settings: Readonly<Record<string, string>>,
  versions: Readonly<Record<string, string>> = { a: '1', b: '1' },
): Promise<void> => {
  world.settings = settings;
  world.apply(versions);
  await world.clock.advance(50);
};

const told = (): readonly string[] =>
  (world.problems.at(-1) ?? []).map(({ field, consequence }) => `${field.join('.')}: ${consequence}`);

beforeEach(() => void (world = new LoopWorld()));
afterEach(async () => {
  world.stop();
  await ended;
});

test('a key that NGINX refuses gives way to what was live, and Ingresses go on', async () => {
  await begin({ 'use-gzip': '1', 'keep-alive': '1' });
  world.answer = refusing(['use-gzip bad'], { named: false });
  await edit({ 'use-gzip': 'bad', 'keep-alive': '2' }, { a: '2', b: '1' });
  expect(world.published.at(-1)).toBe('use-gzip 1\nkeep-alive 2\na 2\nb 1');
  expect(told()).toEqual(['data.use-gzip: the text that was live before stands in its place']);
  expect(world.complaints).toEqual([]);
  expect(new Set(world.problems.flat().map(({ field }) => field.at(-1)))).toEqual(new Set(['use-gzip']));
  await edit({ 'use-gzip': '2', 'keep-alive': '2' }, { a: '2', b: '1' });
  expect(world.published.at(-1)).toBe('use-gzip 2\nkeep-alive 2\na 2\nb 1');
  expect(told()).toEqual([]);
});

test('a key is blamed where NGINX names a line of an Ingress that was live before', async () => {
  await begin({ 'use-gzip': '1' });
  const refused: Outcome = { kind: 'refused', errors: [{ file: 'nginx.conf', line: 2, text: 'no' }] };
  world.answer = ([first]) => (first === 'use-gzip bad' ? refused : { kind: 'live' });
  await edit({ 'use-gzip': 'bad' });
  expect(world.published.at(-1)).toBe('use-gzip 1\na 1\nb 1');
  expect(told()).toEqual(['data.use-gzip: the text that was live before stands in its place']);
});

test('a new Ingress is blamed where NGINX names its line, beside a key that is refused too', async () => {
  await begin({ 'use-gzip': '1' });
  const bad = refusing(['b 2']);
  const worse = refusing(['use-gzip bad'], { named: false });
  world.answer = (lines) => (worse(lines).kind === 'live' ? bad(lines) : worse(lines));
  await edit({ 'use-gzip': 'bad' }, { a: '1', b: '2' });
  expect(world.published.at(-1)).toBe('use-gzip 1\na 1\nb 1');
  expect(world.problems.at(-1)).toHaveLength(2);
});

test('an Ingress without a line is found where no key is new, and after keys that are', async () => {
  await begin({ 'use-gzip': '1' });
  world.answer = refusing(['b 2'], { named: false });
  await edit({ 'use-gzip': '2' }, { a: '1', b: '2' });
  expect(world.published.at(-1)).toBe('use-gzip 2\na 1\nb 1');
});

test('after a restart of the controller what was live stands in the place of a refused key', async () => {
  world.lastGood = encodeLastGood([bareIngress('a', '1')], { 'use-gzip': '1' });
  world.answer = refusing(['use-gzip bad'], { named: false });
  await begin({ 'use-gzip': 'bad' });
  expect(world.published.at(-1)).toBe('use-gzip 1\na 1\nb 1');
  expect(world.lastGood).toContain('"settings":{"use-gzip":"1"}');
});
