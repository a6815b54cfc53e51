import { describe, expect, test } from 'vitest';
import { cors } from './cors.ts';

const { type } = cors.keys['cors-allow-origin'];

describe('cors-allow-origin', () => {
  test.each([
    [
      'keeps origins in their order, once',
      'https://b.example, http://a.example:8080,https://b.example',
      ['https://b.example', 'http://a.example:8080'],
      [],
    ],
    ['takes one label for a wildcard', 'https://*.a.example', ['https://*.a.example'], []],
    ['takes a star for everybody, wherever it stands', 'https://a.example,*', ['*'], []],
    [
      'leaves out what is no origin',
      'https://a.example,a.example,https://',
      ['https://a.example'],
      ['a.example', 'https://'],
    ],
    [
      'leaves out what is longer than a key of a map may be',
      `null,https://${'a.'.repeat(19)}${'b'.repeat(300)}`,
      ['null'],
      [`https://${'a.'.repeat(19)}${'b'.repeat(300)}`],
    ],
  ])('%s', (_name, text, allowed, refused) => {
    expect(type.parse(text)).toEqual({ ok: true, value: { allowed, refused } });
  });

  test.each([
    '',
    ' ',
    ',',
    'a.example',
    'https://*',
    'https://*.*.a.example',
    'https://a.example/',
    'https://a|b',
    'HTTPS://a.example',
    '**',
  ])('refuses %j as a whole', (text) => expect(type.parse(text).ok).toBe(false));
});
