import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clientCertificates, clientIdentity } from './client-certificates.ts';
import { isIdentity, misspeltIdentity, noIdentity } from './client-identity.ts';
import { isProtective } from './parse.ts';

const { keys } = clientCertificates;
type Key = keyof typeof keys;

const takes = (key: Key, text: string): boolean => keys[key].type.parse(text).ok;

describe.each<readonly [key: Key, taken: readonly string[], refused: readonly string[]]>([
  [
    'auth-tls-secret',
    ['shop/clients', 'a.b/c.d'],
    ['clients', '/clients', 'shop/', 'a/b/c', 'shop/ clients', 'Shop/x'],
  ],
  ['auth-tls-verify-client', ['on', 'off', 'optional', 'optional_no_ca'], ['OFF', 'no', 'false', 'Optional', 'on off']],
  ['auth-tls-verify-depth', ['1', '9'], ['0', '-1', '1.5', '101', 'x']],
  ['auth-tls-match-cn', ['CN=a', 'CN=(a|b)', 'CN=a"$', 'CN='], ['a', 'cn=a', ' CN=a', 'CN=(', 'CN=(?<x>a)', 'CN=(*F)']],
  [
    'auth-tls-error-page',
    ['https://errors.example:8443/a_b/c.html', 'http://x', '/', '/a/', '@custom_1', '/..a/...'],
    [
      '',
      'errors',
      '//x y',
      '/a?b',
      '/a#b',
      '/$uri',
      'ftp://x/',
      'https://x:123456/',
      '@',
      '@pt_unavailable',
      '@a b',
      '/_portico/auth/x',
      '/a/../b',
      '/a/..',
      '/./a',
      'https://user@x/',
      '=/a',
      '/a\n',
      '/ä',
    ],
  ],
])('%s', (key, taken, refused) => {
  test.each(taken)('may be %j', (text) => expect(takes(key, text)).toBe(true));
  test.each(refused)('may not be %j', (text) => expect(takes(key, text)).toBe(false));
});

describe('of any text', () => {
  const piece = fc.constantFrom(
    'shop/clients',
    'CN=',
    'https://',
    '@',
    '/',
    '..',
    '$',
    '"',
    ';',
    '}',
    '\n',
    '(?<',
    'pt_',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.array(piece, { maxLength: 6 }).map((all) => all.join('')),
  );

  test('what is an error page has no variable, no end of a directive and no place of ours', () => {
    fc.assert(
      fc.property(text, (value) => {
        const page = takes('auth-tls-error-page', value) ? value : '/';
        expect(page).toMatch(/^[\w.:/@-]+$/);
        expect(page).not.toMatch(/^@pt_|^\/_portico\/|\/\.\.?(\/|$)/);
      }),
    );
  });

  test('what is a pattern of names begins with CN= and names no group', () => {
    fc.assert(
      fc.property(text, (value) => {
        const parsed = keys['auth-tls-match-cn'].type.parse(`CN=${value}`);
        const read = parsed.ok ? parsed.value.regex.pieces.join('(') : 'CN=';
        expect(read).toMatch(/^CN=(?!.*\(\?<[^=!]|.*\(\*)/);
        expect(takes('auth-tls-match-cn', value)).toBe(value.startsWith('CN=') && parsed.ok);
      }),
    );
  });

  test('what is a Secret is two names', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(!takes('auth-tls-secret', value) || /^[a-z0-9.-]+\/[a-z0-9.-]+$/.test(value)).toBe(true);
      }),
    );
  });
});

test.each<readonly [Key, string, boolean]>([
  ['auth-tls-secret', 'shop/clients', true],
  ['auth-tls-secret', 'no secret', true],
  ['auth-tls-verify-client', 'off', true],
  ['auth-tls-verify-depth', '2', true],
  ['auth-tls-match-cn', 'CN=a', true],
  ['auth-tls-error-page', '/a', false],
  ['auth-tls-pass-certificate-to-upstream', 'true', false],
])('a changed %s %s falls back to an older version only where it protects nothing', (key, value, protects) => {
  expect(isProtective(key, value)).toBe(protects);
});

describe('identity', () => {
  const settings = {
    'auth-tls-secret': 'shop/clients',
    'auth-tls-verify-client': 'on',
    'auth-tls-verify-depth': 1,
    'auth-tls-error-page': undefined,
    'auth-tls-pass-certificate-to-upstream': true,
    'auth-tls-match-cn': undefined,
  } as const;

  test('is nothing where nobody asks for certificates', () => {
    expect(clientIdentity({ ...settings, 'auth-tls-secret': undefined })).toEqual([]);
  });

  test('is what NGINX verified', () => {
    expect(clientIdentity(settings).map(([name]) => name)).toEqual(noIdentity.map(([name]) => name));
  });

  test('is none where nobody is verified', () => {
    expect(clientIdentity({ ...settings, 'auth-tls-verify-client': 'off' })).toEqual([['ssl-client-verify', 'NONE']]);
  });

  test('has every spelling of its names once', () => {
    const names = [...noIdentity, ...misspeltIdentity].map(([name]) => name);
    expect(new Set(names).size).toBe(4 + 8 + 8 + 4);
    expect(names.every(isIdentity)).toBe(true);
    expect(['ssl-client', 'ssl-client-verify-x', 'x-ssl-client-cert'].some(isIdentity)).toBe(false);
  });
});
