import { expect, test } from 'vitest';
import { SnippetsAside } from './snippets-aside.ts';

const texts = (asked: Readonly<Record<string, string>>, used = asked) => ({ asked, used });
const line = new Map([['http-snippet', 'a line'] as const]);

test('a text that was never live is left out, and a new one is a new beginning', () => {
  const aside = new SnippetsAside();
  expect(aside.refuse(texts({ 'http-snippet': 'bad' }), line)).toBe(true);
  expect(aside.refused).toEqual({
    asked: { 'http-snippet': 'bad' },
    keys: new Map([['http-snippet', { reason: 'a line' }]]),
  });
});

test('the text that was live before stands in the place of a refused one, until that is refused too', () => {
  const aside = new SnippetsAside();
  aside.accept(texts({ 'http-snippet': 'good', 'main-snippet': 'other' }));
  aside.refuse(texts({ 'http-snippet': 'bad' }), line);
  expect(aside.refused?.keys.get('http-snippet')).toEqual({ reason: 'a line', instead: 'good' });
  aside.refuse(texts({ 'http-snippet': 'bad' }, { 'http-snippet': 'good' }), line);
  expect(aside.refused?.keys.get('http-snippet')).toEqual({ reason: 'a line' });
});

test('a refused text stays aside while another one is refused, and not when the ConfigMap changes', () => {
  const aside = new SnippetsAside();
  const both = { 'http-snippet': 'bad', 'main-snippet': 'bad' };
  aside.refuse(texts(both), line);
  aside.refuse(texts(both, { 'main-snippet': 'bad' }), new Map([['main-snippet', 'another line'] as const]));
  expect([...(aside.refused?.keys.keys() ?? [])]).toEqual(['http-snippet', 'main-snippet']);
  aside.refuse(texts({ 'http-snippet': 'worse' }), line);
  expect([...(aside.refused?.keys.keys() ?? [])]).toEqual(['http-snippet']);
});

test('without a line new texts are suspected once, and restored where NGINX refuses the rest too', () => {
  const aside = new SnippetsAside();
  aside.accept(texts({ 'main-snippet': 'live' }));
  const asked = { 'main-snippet': 'live', 'http-snippet': 'new' };
  expect(aside.suspect(texts(asked))).toBe(true);
  expect([...(aside.refused?.keys.keys() ?? [])]).toEqual(['http-snippet']);
  expect(aside.suspect(texts(asked, { 'main-snippet': 'live' }))).toBe(true);
  expect(aside.refused).toBeUndefined();
  expect(aside.suspect(texts(asked))).toBe(false);
});

test('a suspect without which NGINX takes the rest is the culprit', () => {
  const aside = new SnippetsAside();
  aside.suspect(texts({ 'http-snippet': 'new' }));
  aside.accept(texts({ 'http-snippet': 'new' }, {}));
  expect(aside.refused?.keys.has('http-snippet')).toBe(true);
});

test('where nothing is new nothing is suspected', () => {
  const aside = new SnippetsAside();
  aside.accept(texts({ 'main-snippet': 'live' }));
  expect(aside.suspect(texts({ 'main-snippet': 'live' }))).toBe(false);
});

test('what was refused is planned again where NGINX can do something else', () => {
  const aside = new SnippetsAside();
  aside.suspect(texts({ 'http-snippet': 'new' }));
  aside.accept(texts({ 'http-snippet': 'new' }, {}));
  aside.reconsider();
  expect(aside.refused).toBeUndefined();
  expect(aside.suspect(texts({ 'http-snippet': 'new' }))).toBe(true);
});
