import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Ingress } from '../cluster/resources.ts';
import type { SetAside } from '../plan/set-aside.ts';
import { objectRef, type ObjectRef } from '../values/object-ref.ts';
import { nextRetry, rememberLastGood, type Memory } from './memory.ts';
import { accept, inPlace, openRound, refuse, type Round } from './set-aside.ts';
import { BURST } from './token-bucket.ts';

type Answer = 'taken' | 'named' | 'unnamed';

/** What the simulated NGINX says to the newest version of an object, to it when closed, and to its last good version. */
const verdicts = {
  good: ['taken', 'taken', 'taken'],
  named: ['named', 'taken', 'taken'],
  unnamed: ['unnamed', 'taken', 'taken'],
  hopeless: ['named', 'named', 'named'],
  rotten: ['unnamed', 'unnamed', 'taken'],
  sly: ['named', 'unnamed', 'taken'],
} as const satisfies Record<string, readonly [Answer, Answer, Answer]>;
type Verdict = keyof typeof verdicts;
type World = ReadonlyMap<ObjectRef, { readonly ingress: Ingress; readonly verdict: Verdict }>;

const ingress = (name: string, version: string, createdAt = 1): Ingress => {
  const [namespace = '', short = ''] = name.includes('/') ? name.split('/') : ['default', name];
  const ref = objectRef('Ingress', namespace, short);
  return {
    ref,
    namespace,
    name: short,
    createdAt,
    annotations: {},
    labels: {},
    rules: [],
    tls: [],
    fingerprint: `${name}@${version}`,
  };
};

const worldOf = (objects: Readonly<Record<string, Verdict>>, version = '1'): World =>
  new Map(
    Object.entries(objects).map(([name, verdict]) => {
      const made = ingress(name, version);
      return [made.ref, { ingress: made, verdict }];
    }),
  );

const ref = (name: string): ObjectRef => ingress(name, '1').ref;
const ingressesOf = (world: World): Round['ingresses'] =>
  new Map([...world].map(([key, { ingress }]) => [key, ingress]));

/** What NGINX says: it stops at the first object that it does not take. */
const testOf = (world: World, forms: ReadonlyMap<ObjectRef, SetAside>): 'passed' | ReadonlyMap<ObjectRef, string> => {
  for (const [key, { verdict }] of world) {
    const [newest, closed, lastGood] = verdicts[verdict];
    const answers = { newest, closed, 'last-good': lastGood, dropped: 'taken' } as const;
    const answer = answers[forms.get(key)?.served ?? 'newest'];
    if (answer !== 'taken') return new Map(answer === 'named' ? [[key, 'unknown directive']] : []);
  }
  return 'passed';
};

interface Played {
  readonly memory: Memory;
  readonly tests: number;
  readonly settled: 'live' | 'nobody';
}

/** One round, as the loop plays it. */
const play = (memory: Memory, world: World, now: number): Played => {
  let round: Round = openRound(memory, ingressesOf(world), now);
  for (let tests = 1; ; tests += 1) {
    const said = testOf(world, inPlace(round));
    const step = said === 'passed' ? accept(round, now) : refuse(round, said, now);
    if (step === undefined) return { memory: round.memory, tests, settled: 'nobody' };
    if (step.next === undefined) return { memory: step.memory, tests, settled: 'live' };
    if (tests > 10_000) throw new Error('the round does not end');
    round = step.next;
  }
};

/** Rounds whenever a retry is due, for a while. */
const playOn = (memory: Memory, world: World, [from, to]: readonly [number, number]): Played => {
  let played = play(memory, world, from);
  let tests = played.tests;
  for (let [due, rounds] = [nextRetry(played.memory), 1]; due !== undefined && due <= to; rounds += 1) {
    if (rounds > 20_000) throw new Error('the rounds do not come to rest');
    played = play(played.memory, world, due);
    tests += played.tests;
    due = nextRetry(played.memory);
  }
  return { ...played, tests };
};

const nothing = rememberLastGood([]);
const servedOf = (memory: Memory, name: string): string => memory.aside.get(ref(name))?.setAside.served ?? 'newest';
const live = (world: World): Memory => rememberLastGood([...ingressesOf(world).values()]);
const HOUR = 3_600_000;

describe('a refusal that names a line', () => {
  test('closes an object that was never live, and nothing else', () => {
    const { memory, tests } = play(nothing, worldOf({ a: 'good', b: 'named', c: 'good' }), 0);
    expect(tests).toBe(2);
    expect(['a', 'b', 'c'].map((name) => servedOf(memory, name))).toEqual(['newest', 'closed', 'newest']);
  });

  test('serves the last good version of an object that was live', () => {
    const { memory } = play(live(worldOf({ a: 'good', b: 'good' })), worldOf({ a: 'good', b: 'named' }, '2'), 0);
    expect(memory.aside.get(ref('b'))?.setAside).toEqual({
      served: 'last-good',
      lastGood: ingress('b', '1'),
      reason: 'unknown directive',
    });
    expect(memory.lastGood.get(ref('a'))?.fingerprint).toBe('a@2');
  });

  test('closes an object whose live version is refused now, because what it refers to changed', () => {
    expect(servedOf(play(live(worldOf({ a: 'good' })), worldOf({ a: 'named' }), 0).memory, 'a')).toBe('closed');
  });

  test('drops an object that is refused even when closed', () => {
    const { memory, tests } = play(live(worldOf({ a: 'good' })), worldOf({ a: 'hopeless', b: 'good' }, '2'), 0);
    expect([servedOf(memory, 'a'), servedOf(memory, 'b'), tests]).toEqual(['dropped', 'newest', 4]);
  });

  test('of one report may blame several objects at once', () => {
    const world = worldOf({ a: 'named', b: 'good', c: 'named' });
    const refused = refuse(
      openRound(nothing, ingressesOf(world), 0),
      new Map([
        [ref('a'), 'x'],
        [ref('c'), 'y'],
      ]),
      0,
    );
    expect([...(refused?.memory.aside.keys() ?? [])]).toEqual([ref('a'), ref('c')]);
  });

  test('does not blame an object of which nothing is planned', () => {
    const world = worldOf({ a: 'hopeless' });
    const { memory } = play(nothing, world, 0);
    const again = openRound(memory, ingressesOf(world), 1);
    expect(refuse(again, new Map([[ref('a'), 'x']]), 1)).toBeUndefined();
  });

  test('about something that is no Ingress of the round is taken as one without a line', () => {
    const world = worldOf({ a: 'good' });
    const blame = new Map([[objectRef('ConfigMap', 'default', 'nginx'), 'x']]);
    expect(refuse(openRound(live(world), ingressesOf(world), 0), blame, 0)).toBeUndefined();
  });
});

describe('a refusal without a line', () => {
  test('is nobody’s fault where no object changed', () => {
    const world = worldOf({ a: 'good', b: 'good' });
    expect(refuse(openRound(live(world), ingressesOf(world), 0), new Map(), 0)).toBeUndefined();
  });

  test('is nobody’s fault where it stays without all that changed', () => {
    const before = worldOf({ a: 'good' });
    const { memory, settled, tests } = play(live(before), worldOf({ a: 'unnamed', b: 'unnamed' }), 0);
    expect([settled, tests, memory.aside.size]).toEqual(['nobody', 2, 0]);
  });

  test.each([1, 2, 3, 8, 100, 1000])('finds one culprit among %i changed objects in log2(n) + 3 tests', (size) => {
    for (const culprit of new Set([0, Math.floor(size / 2), size - 1])) {
      const names = Array.from({ length: size }, (_, index): [string, Verdict] => [
        `o${index}`,
        index === culprit ? 'unnamed' : 'good',
      ]);
      const { memory, tests } = play(nothing, worldOf(Object.fromEntries(names)), 0);
      expect([...memory.aside.keys()]).toEqual([ref(`o${culprit}`)]);
      expect(tests).toBeLessThanOrEqual(Math.ceil(Math.log2(size)) + 3);
    }
  });

  test('drops a culprit that is refused even when closed', () => {
    const { memory, tests } = play(nothing, worldOf({ a: 'rotten' }), 0);
    expect([servedOf(memory, 'a'), tests]).toEqual(['dropped', 4]);
  });

  test('drops a closed object whose next version is refused even when closed', () => {
    const before = play(nothing, worldOf({ a: 'named' }), 0).memory;
    const { memory, settled } = playOn(before, worldOf({ a: 'rotten', b: 'good' }, '2'), [10, 5000]);
    expect([servedOf(memory, 'a'), servedOf(memory, 'b'), settled]).toEqual(['dropped', 'newest', 'live']);
  });

  test('does not convict the innocent of what a closed object causes', () => {
    const { memory } = play(nothing, worldOf({ a: 'sly', b: 'good', c: 'good' }), 0);
    expect([...memory.aside.keys()]).toEqual([ref('a')]);
  });

  test('never keeps the innocent aside because of culprits that come back again and again', () => {
    const names = Array.from({ length: 112 }, (_, index): [string, Verdict] => [
      `o${index}`,
      index % 9 === 4 ? 'unnamed' : 'good',
    ]);
    const { memory } = playOn(nothing, worldOf(Object.fromEntries(names)), [0, 20_000]);
    expect(memory.aside.size).toBe(12);
  });

  test('with two culprits sets all suspects aside, and clears the innocent when it tries again', () => {
    const names = Array.from({ length: 64 }, (_, index): [string, Verdict] => [
      `o${index}`,
      index % 40 === 1 ? 'unnamed' : 'good',
    ]);
    const world = worldOf(Object.fromEntries(names));
    const first = play(nothing, world, 0);
    expect(first.tests).toBeLessThanOrEqual(6 + 4);
    const later = playOn(first.memory, world, [1000, 20_000]);
    expect([...later.memory.aside.keys()].toSorted()).toEqual([ref('o1'), ref('o41')].toSorted());
  });
});

describe('a set-aside object', () => {
  const world = worldOf({ a: 'named' });

  test('is tried again after one second, then after twice as long each time, at most five minutes', () => {
    const waits: number[] = [];
    let [memory, now] = [play(nothing, world, 0).memory, 0];
    for (let count = 0; count < 11; count += 1) {
      const due = nextRetry(memory) ?? 0;
      waits.push((due - now) / 1000);
      [memory, now] = [play(memory, world, due).memory, due];
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
  });

  test('is tried at once when it changes, and goes live', () => {
    const { memory } = play(nothing, world, 0);
    const fixed = play(memory, worldOf({ a: 'good' }, '2'), 10);
    expect([fixed.memory.aside.size, fixed.tests]).toEqual([0, 1]);
  });

  test('is forgotten with its last good version when it is deleted', () => {
    const { memory } = play(live(worldOf({ a: 'good' })), worldOf({ a: 'named' }, '2'), 0);
    const { memory: after } = play(memory, worldOf({}), 10);
    expect([after.aside.size, after.lastGood.size, nextRetry(after)]).toEqual([0, 0, undefined]);
  });

  test('does not inherit the last good version of another object that had its name', () => {
    const recreated = ingress('a', '2', 2);
    const next: World = new Map([[recreated.ref, { ingress: recreated, verdict: 'named' }]]);
    expect(servedOf(play(live(worldOf({ a: 'good' })), next, 0).memory, 'a')).toBe('closed');
  });

  test('keeps its first reason however NGINX words the next refusals', () => {
    const { memory } = play(nothing, world, 0);
    const again = refuse(openRound(memory, ingressesOf(world), 1000), new Map([[ref('a'), 'other words']]), 1000);
    expect(again?.memory.aside.get(ref('a'))?.setAside.reason).toBe('unknown directive');
  });

  test('that a tenant breaks anew all the time costs the others one test in 30 seconds, after a burst', () => {
    let [memory, refused] = [nothing, 0];
    for (let now = 0; now < HOUR; now += 1000) {
      const played = play(memory, worldOf({ 'evil/a': 'named', 'fine/b': 'good' }, String(now)), now);
      expect(played.memory.served.get(ref('fine/b'))).toBe(`fine/b@${now}`);
      [memory, refused] = [played.memory, refused + played.tests - 1];
    }
    expect(refused).toBeLessThanOrEqual(BURST + HOUR / 30_000);
  });

  test('does not hold back other namespaces when its own is held back', () => {
    const many = Array.from({ length: 200 }, (_, index): [string, Verdict] => [`evil/o${index}`, 'named']);
    const { memory, tests } = play(nothing, worldOf({ ...Object.fromEntries(many), 'fine/b': 'good' }), 0);
    expect(tests).toBe(BURST + 1);
    expect(servedOf(memory, 'fine/b')).toBe('newest');
  });
});

const someVerdict: fc.Arbitrary<Verdict> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Verdict>('good') },
  { weight: 2, arbitrary: fc.constantFrom<Verdict>('named', 'unnamed', 'hopeless', 'rotten', 'sly') },
);
const worlds = fc.dictionary(
  fc
    .tuple(fc.constantFrom('p', 'q', 'r'), fc.integer({ min: 0, max: 30 }))
    .map(([space, index]) => `${space}/o${index}`),
  someVerdict,
  { maxKeys: 60 },
);

test('whatever is refused, in the end exactly the bad objects are set aside, at a bounded cost', () => {
  fc.assert(
    fc.property(worlds, worlds, (first, second) => {
      const start = playOn(nothing, worldOf(first), [0, 5000]);
      const world = worldOf(second, '2');
      const { memory, tests } = playOn(start.memory, world, [6000, 2 * HOUR]);
      const bad = Object.entries(second).flatMap(([name, verdict]) => (verdict === 'good' ? [] : [ref(name)]));
      expect([...memory.aside.keys()].toSorted()).toEqual(bad.toSorted());
      const [retries, size] = [(2 * HOUR) / 300_000 + 10, Object.keys(second).length];
      expect(tests).toBeLessThanOrEqual(1 + bad.length * (retries + 1) * (Math.log2(size + 1) + 4));
    }),
    { numRuns: 300 },
  );
});
