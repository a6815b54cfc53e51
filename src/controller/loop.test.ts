import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bareIngress, LoopWorld, refusing } from '../../test/support/loop-world.ts';
import { Fault } from '../problems/fault.ts';
import type { Outcome } from '../protocol/outcome.ts';
import { encodeLastGood } from './last-good.ts';

let world: LoopWorld;
/** What the loop ended with. */
let ended: Promise<unknown>;

beforeEach(() => {
  world = new LoopWorld();
});

afterEach(async () => {
  world.stop();
  await ended;
});

const start = async (versions: Readonly<Record<string, string>>): Promise<void> => {
  ended = world.run().catch((error: unknown) => error);
  world.apply(versions);
  await world.clock.advance(50);
};

const outcomes = (): readonly string[] => world.summaries.map(({ outcome }) => outcome);

describe('before it plans', () => {
  test('it waits for the agent', async () => {
    const hello = Promise.withResolvers<Awaited<typeof world.agent>>();
    world.agent = hello.promise;
    await start({ a: '1' });
    await world.clock.advance(5000);
    expect(world.plans).toBe(0);
    hello.resolve({ version: '1.30.6', modules: [], ipv6: false });
    await world.clock.advance(0);
    expect(world.published).toEqual(['a 1']);
  });

  test('it waits for the first snapshot', async () => {
    ended = world.run().catch((error: unknown) => error);
    await world.clock.advance(5000);
    expect(world.plans).toBe(0);
  });
});

describe('changes', () => {
  test('close together cost one plan', async () => {
    await start({ a: '1' });
    for (let version = 2; version < 6; version += 1) {
      world.apply({ a: String(version) });
      await world.clock.advance(40);
    }
    await world.clock.advance(50);
    expect(world.published).toEqual(['a 1', 'a 5']);
  });

  test('that never pause are published each second', async () => {
    await start({ a: '0' });
    for (let time = 0; time < 3000; time += 20) {
      world.apply({ a: String(time) });
      await world.clock.advance(20);
    }
    expect(world.published).toEqual(['a 0', 'a 980', 'a 1980', 'a 2980']);
  });

  test('during a publication wait for its end and then cost one plan', async () => {
    await start({ a: '1' });
    const slow = Promise.withResolvers<Outcome>();
    world.answer = () => slow.promise;
    world.apply({ a: '2' });
    await world.clock.advance(50);
    world.apply({ a: '3' });
    await world.clock.advance(500);
    world.apply({ a: '4' });
    await world.clock.advance(20);
    expect(world.published).toEqual(['a 1', 'a 2']);
    slow.resolve({ kind: 'live' });
    await world.clock.advance(0);
    expect(world.published).toEqual(['a 1', 'a 2', 'a 4']);
    await world.clock.advance(5000);
    expect(world.plans).toBe(3);
  });

  test('are told by what is served otherwise, but for the first', async () => {
    await start({ a: '1' });
    world.apply({ a: '2' });
    await world.clock.advance(50);
    world.apply({ a: '2' });
    await world.clock.advance(1000);
    expect(world.summaries.map(({ changed }) => changed)).toEqual([[], ['a.example'], []]);
  });

  test('that lead to the same configuration publish the table only', async () => {
    await start({ a: '1' });
    world.apply({ a: '1' });
    await world.clock.advance(50);
    expect([world.published.length, world.tables.length, outcomes()]).toEqual([1, 2, ['live', 'unchanged']]);
  });

  test('of endpoints alone are gathered for 100 ms and never planned', async () => {
    await start({ a: '1' });
    for (let time = 0; time < 95; time += 10) {
      world.applyEndpoints();
      await world.clock.advance(10);
    }
    expect([world.plans, world.tables]).toEqual([1, ['a 1', 'a 1']]);
  });

  test('of endpoints during a publication reach what runs and what is about to', async () => {
    await start({ a: '1' });
    const slow = Promise.withResolvers<Outcome>();
    world.answer = () => slow.promise;
    world.apply({ a: '2' });
    await world.clock.advance(50);
    world.applyEndpoints();
    await world.clock.advance(100);
    expect(world.tables).toEqual(['a 1', 'a 1 + a 2', 'a 1 + a 2']);
    world.apply({ a: '2' });
    await world.clock.advance(100);
    expect(world.tables).toHaveLength(4);
    slow.resolve({ kind: 'live' });
  });

  test('of endpoints after a publication reach what runs', async () => {
    await start({ a: '1' });
    world.apply({ a: '2' });
    await world.clock.advance(50);
    world.applyEndpoints();
    await world.clock.advance(100);
    expect(world.tables).toEqual(['a 1', 'a 1 + a 2', 'a 2']);
  });

  test('of endpoints during a transition stay when it is over', async () => {
    await start({ a: '1' });
    world.transition = () => 'transition';
    const first = Promise.withResolvers<Outcome>();
    world.answer = ([line]) => (line === 'transition' ? first.promise : { kind: 'live' });
    world.apply({ a: '2' });
    await world.clock.advance(50);
    world.applyEndpoints();
    await world.clock.advance(100);
    expect(world.endpoints).toBe(1);
    first.resolve({ kind: 'live' });
    await world.clock.advance(0);
    expect(world.published.at(-1)).toBe('a 2');
    expect(world.endpoints).toBe(1);
  });

  test('go through a transition where there is one', async () => {
    world.transition = (live, next) => (next === 'a 2' ? `${live}\nknows the upstreams of ${next}` : undefined);
    await start({ a: '1' });
    world.apply({ a: '2' });
    await world.clock.advance(50);
    expect(world.published).toEqual(['a 1', 'a 1\nknows the upstreams of a 2', 'a 2']);
  });
});

describe('a refused object', () => {
  test('is set aside at once, and all others go live', async () => {
    world.answer = refusing(['bad 1']);
    await start({ a: '1', bad: '1', c: '1' });
    expect(world.published).toEqual(['a 1\nbad 1\nc 1', 'a 1\nbad closed\nc 1']);
    expect(world.summaries).toMatchObject([{ outcome: 'live', tests: 2, objects: 3, problems: 1 }]);
  });

  test('serves its last good version, so that NGINX is asked for what it runs', async () => {
    world.answer = refusing(['bad 2']);
    await start({ bad: '1' });
    world.apply({ bad: '2' });
    await world.clock.advance(50);
    expect(world.published).toEqual(['bad 1', 'bad 2', 'bad 1']);
  });

  test('is blamed by its line even where the machine is short of something', async () => {
    const text = 'open() "/x" failed (24: Too many open files)';
    world.answer = ([line]) => (line === 'bad 1' ? { kind: 'refused', errors: [{ line: 1, text }] } : { kind: 'live' });
    await start({ bad: '1' });
    expect(world.published.at(-1)).toBe('bad closed');
  });

  test('serves its last good version, also after a restart of the controller', async () => {
    world.lastGood = encodeLastGood([bareIngress('bad', '1')], {});
    world.answer = refusing(['bad 2']);
    await start({ bad: '2' });
    expect(world.published).toEqual(['bad 2', 'bad 1']);
    expect(world.lastGood).toBe(encodeLastGood([bareIngress('bad', '1')], {}));
    expect(world.alsoServed).toEqual(['1']);
  });

  test('is reported as long as it is aside, not while it is tried again', async () => {
    world.answer = refusing(['bad 1']);
    await start({ bad: '1' });
    await world.clock.advance(10_000);
    expect(world.published.filter((text) => text === 'bad 1').length).toBeGreaterThan(3);
    const [first, ...later] = world.problems;
    expect(first).toEqual([]);
    expect(later.every(([problem]) => problem?.expected === 'nginx.conf:1: unknown directive "x"')).toBe(true);
    world.answer = () => ({ kind: 'live' });
    await world.clock.advance(20_000);
    expect(world.problems.at(-1)).toEqual([]);
  });

  test('without a named line is found while all others go live', async () => {
    world.answer = refusing(['bad 1'], { named: false });
    await start({ a: '1', b: '1', bad: '1', c: '1' });
    expect(world.published.at(-1)).toBe('a 1\nb 1\nbad closed\nc 1');
    expect(world.summaries[0]?.tests).toBeLessThanOrEqual(5);
  });
});

describe('a refusal that is no object’s fault', () => {
  const taken: Outcome = {
    kind: 'refused',
    errors: [{ text: 'bind() to 0.0.0.0:80 failed (98: Address already in use)' }, { text: 'still could not bind()' }],
  };

  test.each<[string, Outcome, string]>([
    ['a taken port', taken, 'bind() to 0.0.0.0:80 failed (98: Address already in use)'],
    ['an absent NGINX', { kind: 'failed', message: 'NGINX is not running' }, 'NGINX is not running'],
  ])('such as %s is retried with growing pauses and blames nobody', async (_, outcome, why) => {
    world.answer = () => outcome;
    await start({ a: '1' });
    expect(world.complaints[0]?.[0]).toBe(why);
    const times: number[] = [];
    for (let second = 1; second <= 70; second += 1) {
      const before = world.published.length;
      await world.clock.advance(1000);
      if (world.published.length > before) times.push(second);
    }
    expect(times).toEqual([1, 3, 7, 15, 31, 61]);
    expect(new Set(world.published)).toEqual(new Set(['a 1']));
    expect(outcomes().every((one) => one === 'kept')).toBe(true);
  });

  test('does not cost a test at each change that leads to the same configuration', async () => {
    world.answer = () => taken;
    await start({ a: '1' });
    for (let count = 0; count < 9; count += 1) {
      world.apply({ a: '1' });
      await world.clock.advance(100);
    }
    expect(world.published).toEqual(['a 1']);
  });

  test('leaves the last good generation asked for', async () => {
    await start({ a: '1' });
    world.answer = (lines) => (lines.includes('a 1') ? { kind: 'live' } : taken);
    world.apply({ a: '2' });
    await world.clock.advance(50);
    expect(world.published).toEqual(['a 1', 'a 2', 'a 1']);
    expect(world.tables.at(-1)).toBe('a 1');
  });

  test('does not hold up what changes without a new configuration', async () => {
    await start({ a: '1' });
    world.answer = () => ({ kind: 'failed', message: 'no space left' });
    world.apply({ a: '2' });
    await world.clock.advance(50);
    world.apply({ a: '2' });
    await world.clock.advance(50);
    expect([world.published.at(-1), world.tables.slice(-2)]).toEqual(['a 2', ['a 1', 'a 1']]);
  });

  test('does not hold up what is different afterwards', async () => {
    world.answer = (lines) => (lines.includes('a 1') ? taken : { kind: 'live' });
    await start({ a: '1' });
    world.apply({ a: '2' });
    await world.clock.advance(50);
    expect(outcomes()).toEqual(['kept', 'live']);
  });
});

describe('a broken world', () => {
  test('is reported and tried again', async () => {
    world.answer = () => new Fault('publish', 'no space left');
    await start({ a: '1' });
    expect(world.faults.map(({ message }) => message)).toEqual(['no space left']);
    world.answer = () => ({ kind: 'live' });
    await world.clock.advance(1050);
    expect(outcomes()).toEqual(['live']);
  });

  test('that no retry mends ends the loop', async () => {
    world.answer = () => new Fault('nginx-too-old', '1.22');
    await start({ a: '1' });
    expect(await ended).toMatchObject({ code: 'nginx-too-old' });
  });

  test('is not what our own bugs are', async () => {
    world.answer = () => {
      throw new TypeError('bug');
    };
    await start({ a: '1' });
    expect(await ended).toBeInstanceOf(TypeError);
  });

  test('in which NGINX lost its generation gets it again', async () => {
    await start({ a: '1' });
    world.lose();
    await world.clock.advance(50);
    expect(world.published).toEqual(['a 1', 'a 1']);
  });

  test('with a damaged file of last good versions is served without them', async () => {
    world.lastGood = '{"format":1,"ingresses":[{}]}';
    await start({ a: '1' });
    expect(world.warnings).toEqual([expect.stringContaining('last-good.json')]);
    expect(outcomes()).toEqual(['live']);
  });
});

describe('the signal', () => {
  test('ends it in the middle of a publication', async () => {
    const slow = Promise.withResolvers<Outcome>();
    world.answer = () => slow.promise;
    await start({ a: '1' });
    world.stop();
    slow.reject(new Fault('publish', 'the controller stops'));
    expect(await ended).toBeUndefined();
    expect(world.faults).toEqual([]);
  });

  test('leaves no timer behind', async () => {
    const slow = Promise.withResolvers<Outcome>();
    world.answer = (lines) => (lines.includes('bad 1') ? refusing(['bad 1'])(lines) : slow.promise);
    await start({ bad: '1' });
    world.stop();
    slow.resolve({ kind: 'live' });
    await ended;
    expect(world.clock.pending()).toBe(0);
  });
});
