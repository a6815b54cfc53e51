import { createSecureContext } from 'node:tls';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cipherList } from '../../src/annotations/cipher-list.ts';

/** Whether OpenSSL finds a cipher; names of TLS 1.3 aside, which Node sorts out and NGINX does not. */
const matches = (list: string): boolean => {
  const names = list.split(':').filter((word) => !word.startsWith('TLS_'));
  if (names.length === 0) return false;
  try {
    createSecureContext({ ciphers: names.join(':') });
    return true;
  } catch {
    return false;
  }
};

const names = [
  'HIGH',
  'DEFAULT',
  'ALL',
  'MEDIUM',
  'EECDH',
  'ECDHE',
  'EECDH+AESGCM',
  'EDH+AESGCM',
  'AESGCM',
  'AES256',
  'kRSA',
];
const suites = ['ECDHE-RSA-AES128-GCM-SHA256', 'DHE-RSA-AES256-GCM-SHA384', 'AES128-SHA', 'TLS_AES_128_GCM_SHA256'];
const nonsense = [
  'FOO',
  '',
  '-',
  '!',
  '+',
  '@',
  '@STRENGTH',
  '@SECLEVEL=2',
  '@SECLEVEL=9',
  '-FOO',
  'DHE+',
  '_',
  'HIGH ',
];
const excluded = [
  'aNULL',
  'eNULL',
  'MD5',
  'DES',
  '3DES',
  'RC4',
  'SHA1',
  'DHE',
  'kRSA',
  'DSS',
  'PSK',
  'CAMELLIA',
  'ARIA',
  'CBC',
];
const prefixed = fc.tuple(fc.constantFrom('', '!', '-', '+'), fc.constantFrom(...names, ...suites, ...excluded));
const word = fc.oneof(
  fc.constantFrom(...names, ...suites, ...nonsense),
  prefixed.map((parts) => parts.join('')),
);

describe('a cipher list that is accepted', () => {
  test('has a cipher for OpenSSL, whatever its words', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (words) => {
        const list = words.join(':');
        expect(!cipherList.parse(list).ok || matches(list)).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });

  test.each([
    'HIGH:!aNULL:!MD5',
    'ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:!aNULL:!eNULL:!EXPORT:!DES:!MD5:!PSK:!RC4',
    'EECDH+AESGCM:EDH+AESGCM',
    'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-SHA256:AES128-SHA',
  ])('may be %s', (list) => {
    expect(cipherList.parse(list).ok).toBe(true);
  });
});
