import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { makeCertificate } from '../../test/support/certificates.ts';
import { makeRevocationList } from '../../test/support/revocation-list.ts';
import { decodeObject } from './decode.ts';
import type { Revocations } from './resources.ts';
import { readRevocations } from './revocations.ts';

let empty: string;
let list: string;

beforeAll(async () => {
  const issuer = await makeCertificate({ names: [], authority: 'authority' });
  empty = makeRevocationList(issuer, []);
  list = makeRevocationList(issuer, [await makeCertificate({ names: [], issuer })]);
});

const pemOf = (found: Revocations): string | undefined => (found.kind === 'valid' ? found.pem.reveal() : undefined);
const bytesOf = (pem: string): Buffer => Buffer.from(pem.replaceAll(/-----[^-]+-----/g, ''), 'base64');
const wrapped = (bytes: Uint8Array): string =>
  `-----BEGIN X509 CRL-----\n${Buffer.from(bytes).toString('base64')}\n-----END X509 CRL-----\n`;

describe('lists of revoked certificates', () => {
  test('are absent where nothing is written', () => expect(readRevocations(undefined)).toEqual({ kind: 'absent' }));

  test('are written anew, each once, without anything that stood around them', () => {
    expect(pemOf(readRevocations(`note\n${list}\n# x\n${empty}${list.replaceAll('\n', '\r\n')}rest`))).toBe(
      list + empty,
    );
  });

  test.each<readonly [what: string, text: (good: string) => string]>([
    ['nothing', () => ''],
    ['other text', () => 'no list'],
    ['a certificate', (good) => good.replaceAll('X509 CRL', 'CERTIFICATE')],
    ['no end', (good) => good.replace(/-----END.*/, '')],
    ['a list and a broken one', (good) => good + wrapped(bytesOf(good).subarray(1))],
    ['a list that goes on', (good) => wrapped(Buffer.concat([bytesOf(good), Buffer.from([0x05, 0x00])]))],
    ['an empty value', () => wrapped(Buffer.alloc(0))],
    ['another value', () => wrapped(Buffer.from([0x30, 0x03, 0x02, 0x01, 0x01]))],
  ])('are malformed where they are %s', (_, text) => {
    expect(readRevocations(text(list))).toEqual({ kind: 'malformed' });
  });

  test('are malformed wherever they are cut off', () => {
    const bytes = bytesOf(list);
    for (let length = 0; length < bytes.length; length += 1)
      expect(readRevocations(wrapped(bytes.subarray(0, length))).kind, String(length)).toBe('malformed');
  });

  test('are read or malformed, whatever bytes they are', () => {
    const bytes = bytesOf(list);
    const change = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const changed = Buffer.from(bytes);
        for (const [at, byte] of changes) changed[at] = byte;
        expect(['valid', 'malformed']).toContain(readRevocations(wrapped(changed)).kind);
      }),
    );
  });

  test('of a Secret that cannot be decoded are malformed, not absent', () => {
    const metadata = { name: 'x', namespace: 'y' };
    const decoded = decodeObject({ apiVersion: 'v1', kind: 'Secret', metadata, data: { 'ca.crl': 'no base64!' } });
    expect(decoded).toMatchObject({ object: { resource: { revocations: { kind: 'malformed' } } } });
  });
});
