import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sessionAffinity } from './session-affinity.ts';

type Key = keyof typeof sessionAffinity.keys;

const valueOf = (key: Key, text: string): unknown => {
  const parsed = sessionAffinity.keys[key].type.parse(text);
  return parsed.ok ? parsed.value : 'refused';
};

describe('the grammars of session affinity', () => {
  it.each<[Key, string, unknown]>([
    ['affinity', 'cookie', 'cookie'],
    ['affinity', 'ip', 'refused'],
    ['affinity-mode', 'persistent', 'persistent'],
    ['session-cookie-name', 'a.b-c', 'a.b-c'],
    ['session-cookie-name', 'a=b', 'refused'],
    ['session-cookie-name', '$host', 'refused'],
    ['session-cookie-path', '/a/b?c=d', '/a/b?c=d'],
    ['session-cookie-path', 'a', 'refused'],
    ['session-cookie-path', '/; Domain=evil.example', 'refused'],
    ['session-cookie-domain', '.shop.example', '.shop.example'],
    ['session-cookie-domain', 'shop.example; Path=/', 'refused'],
    ['session-cookie-expires', '172800', 172_800],
    ['session-cookie-expires', 'abc5', 'refused'],
    ['session-cookie-max-age', '-1', -1],
    ['session-cookie-max-age', '0', 0],
    ['session-cookie-samesite', 'lax', 'Lax'],
    ['session-cookie-samesite', 'Lax; Secure', 'refused'],
  ])('%s: %s is %s', (key, text, value) => {
    expect(valueOf(key, text)).toBe(value);
  });

  it.each<Key>(['session-cookie-name', 'session-cookie-path', 'session-cookie-domain'])(
    'no %s begins another attribute of the cookie or names a variable',
    (key) => {
      const text = fc.oneof(fc.string(), fc.stringMatching(/^\/?[\w;,$" .=-]{1,20}$/));
      fc.assert(
        fc.property(text, (written) => {
          const value = valueOf(key, written);
          expect(value === 'refused' || !/[;$"\\\s]/.test(written)).toBe(true);
        }),
      );
    },
  );
});
