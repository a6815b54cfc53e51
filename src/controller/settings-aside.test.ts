import { expect, test } from 'vitest';
import type { RefusedSettings, SettingTexts } from '../plan/refused-settings.ts';
import { SettingsAside } from './settings-aside.ts';

const texts = (asked: SettingTexts, used: SettingTexts = asked) => ({ asked, used });
const line = new Map([['http-snippet', 'a line']]);

/** What is planned of these texts. */
const usedOf = (asked: SettingTexts, refused: RefusedSettings | undefined): SettingTexts =>
  Object.fromEntries(
    Object.entries(asked).flatMap(([key, text]): [string, string][] => {
      const found = refused?.keys.get(key);
      if (found === undefined) return [[key, text]];
      return found.instead === undefined ? [] : [[key, found.instead]];
    }),
  );

/** Plays the tests of one snapshot with an NGINX that names no line; says how many it took. */
const play = (aside: SettingsAside, asked: SettingTexts, isBad: (used: SettingTexts) => boolean): number => {
  aside.begin();
  for (let tests = 1; ; tests += 1) {
    const used = usedOf(asked, aside.refused);
    const goesOn = isBad(used) ? aside.suspect({ asked, used }, 'no good') : aside.accept({ asked, used });
    if (!goesOn) return tests;
    if (tests > 100) throw new Error('the search does not end');
  }
};

const numbered = (count: number, text = '1'): SettingTexts =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, text]));

test('a text that was never live is left out, and a new one is a new beginning', () => {
  const aside = new SettingsAside({});
  expect(aside.refuse(texts({ 'http-snippet': 'bad' }), line)).toBe(true);
  expect(aside.refused).toEqual({
    asked: { 'http-snippet': 'bad' },
    keys: new Map([['http-snippet', { reason: 'a line' }]]),
  });
});

test('the text that was live before stands in the place of a refused one, until that is refused too', () => {
  const aside = new SettingsAside({});
  aside.accept(texts({ 'http-snippet': 'good', 'main-snippet': 'other' }));
  aside.refuse(texts({ 'http-snippet': 'bad' }), line);
  expect(aside.refused?.keys.get('http-snippet')).toEqual({ reason: 'a line', instead: 'good' });
  aside.refuse(texts({ 'http-snippet': 'bad' }, { 'http-snippet': 'good' }), line);
  expect(aside.refused?.keys.get('http-snippet')).toEqual({ reason: 'a line' });
});

test('a refused text stays aside while another one is refused, and not when the ConfigMap changes', () => {
  const aside = new SettingsAside({});
  const both = { 'http-snippet': 'bad', 'main-snippet': 'bad' };
  aside.refuse(texts(both), line);
  aside.refuse(texts(both, { 'main-snippet': 'bad' }), new Map([['main-snippet', 'another line']]));
  expect([...(aside.refused?.keys.keys() ?? [])]).toEqual(['http-snippet', 'main-snippet']);
  aside.refuse(texts({ 'http-snippet': 'worse' }), line);
  expect([...(aside.refused?.keys.keys() ?? [])]).toEqual(['http-snippet']);
});

test('one new text is found by planning the one before in its place', () => {
  const aside = new SettingsAside({});
  play(aside, { a: '1', b: '1' }, () => false);
  expect(play(aside, { a: '1', b: '2' }, ({ b }) => b === '2')).toBe(3);
  expect(aside.refused?.keys).toEqual(new Map([['b', { reason: 'no good', instead: '1' }]]));
  expect(aside.live).toEqual({ a: '1', b: '1' });
});

test.each([0, 1, 13, 39])('of 40 new texts the refused one, number %i, is found and all others count', (bad) => {
  const aside = new SettingsAside({});
  const asked = numbered(40);
  const tests = play(aside, asked, (used) => used[`k${bad}`] !== undefined);
  expect([...(aside.refused?.keys.keys() ?? [])]).toEqual([`k${bad}`]);
  expect(Object.keys(aside.live)).toHaveLength(39);
  expect(tests).toBeLessThanOrEqual(Math.ceil(Math.log2(40)) + 4);
});

test('two refused texts are both found', () => {
  const aside = new SettingsAside({});
  play(aside, numbered(10), ({ k2, k7 }) => k2 !== undefined || k7 !== undefined);
  expect([...(aside.refused?.keys.keys() ?? [])].toSorted()).toEqual(['k2', 'k7']);
});

test('of two texts that do not go together, the later one is set aside', () => {
  const aside = new SettingsAside({});
  play(aside, numbered(10), ({ k2, k7 }) => k2 !== undefined && k7 !== undefined);
  expect([...(aside.refused?.keys.keys() ?? [])]).toEqual(['k7']);
});

test('where NGINX refuses the rest too, all texts count again and are not suspected another time', () => {
  const aside = new SettingsAside({});
  play(aside, { a: '1' }, () => false);
  expect(play(aside, { a: '1', b: '1' }, () => true)).toBe(3);
  expect(aside.refused).toBeUndefined();
  expect(play(aside, { a: '1', b: '1' }, () => true)).toBe(1);
});

test('where nothing is new nothing is suspected', () => {
  const aside = new SettingsAside({});
  play(aside, { a: '1' }, () => false);
  expect(play(aside, { a: '1' }, () => true)).toBe(1);
});

test('a search that broke off says nothing about the next snapshot', () => {
  const aside = new SettingsAside({});
  aside.suspect(texts({ a: '1' }), 'no good');
  expect(aside.refused?.keys.has('a')).toBe(true);
  aside.begin();
  expect(aside.refused).toBeUndefined();
});

test('after a restart the text of before stands in the place of a refused one', () => {
  const aside = new SettingsAside({ a: '1', b: '1' });
  play(aside, { a: '1', b: '2' }, ({ b }) => b === '2');
  expect(aside.refused?.keys).toEqual(new Map([['b', { reason: 'no good', instead: '1' }]]));
});

test('after a restart texts of before that another NGINX refuses are found as well', () => {
  const aside = new SettingsAside({ a: '1', b: '1' });
  play(aside, { a: '1', b: '1' }, ({ b }) => b !== undefined);
  expect(aside.refused?.keys).toEqual(new Map([['b', { reason: 'no good' }]]));
  const changed = new SettingsAside({ a: '1', b: '1' });
  play(changed, { a: '2', b: '2' }, ({ b }) => b !== undefined);
  expect([...(changed.refused?.keys.keys() ?? [])]).toEqual(['b']);
  expect(changed.live).toEqual({ a: '2' });
});
