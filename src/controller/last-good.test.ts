import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Ingress } from '../cluster/resources.ts';
import { objectRef } from '../values/object-ref.ts';
import { decodeLastGood, encodeLastGood } from './last-good.ts';

const ingress = (name: string, annotations: Readonly<Record<string, string>> = {}): Ingress => ({
  ref: objectRef('Ingress', 'default', name),
  namespace: 'default',
  name,
  createdAt: 5,
  annotations,
  labels: { app: 'x' },
  className: 'nginx',
  defaultBackend: { service: undefined, port: undefined },
  rules: [
    {
      host: 'a.example',
      paths: [
        { path: '/', pathType: 'Prefix', backend: { service: 'web', port: { number: 80 } } },
        { path: '/b', pathType: '', backend: { service: 'web', port: { name: 'http' } } },
      ],
    },
  ],
  tls: [{ hosts: ['a.example'], secretName: '' }],
  fingerprint: 'f',
});

test('versions are read back as they were written, the smallest first', () => {
  const versions = [ingress('b'), ingress('a', { ['__proto__']: 'x', 'k/y': 'ü\u2028' })];
  expect(decodeLastGood(encodeLastGood(versions, { 'http-snippet': 'gzip on;' }))).toEqual({
    ok: true,
    value: { ingresses: versions, settings: { 'http-snippet': 'gzip on;' } },
  });
});

test('beyond the limit the largest versions are left out', () => {
  const versions = [ingress('huge', { a: 'x'.repeat(3000) }), ingress('b'), ingress('c')];
  const text = encodeLastGood(versions, {}, 2500);
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(2500);
  const read = decodeLastGood(text);
  expect(read.ok && read.value.ingresses.map(({ name }) => name)).toEqual(['b', 'c']);
});

test('a file of an older version has no settings', () => {
  expect(decodeLastGood('{"format":1,"ingresses":[]}')).toEqual({ ok: true, value: { ingresses: [] } });
});

test('key material of the ConfigMap is not kept', () => {
  const text = encodeLastGood([], { 'ssl-session-ticket-key': 'A'.repeat(64), 'use-gzip': 'true' });
  expect(decodeLastGood(text)).toEqual({ ok: true, value: { ingresses: [], settings: { 'use-gzip': 'true' } } });
});

test.each([
  ['an empty file', ''],
  ['a cut file', encodeLastGood([ingress('a')], {}).slice(0, -9)],
  ['another format', '{"format":2,"ingresses":[]}'],
  ['a list', '[]'],
  ['an entry that is null', '{"format":1,"ingresses":[null]}'],
  [
    'a path without a backend',
    JSON.stringify({ format: 1, ingresses: [{ ...ingress('a'), rules: [{ host: '', paths: [{}] }] }] }),
  ],
  ['an unknown field', '{"format":1,"ingresses":[],"x":1}'],
])('%s is refused', (_, text) => {
  expect(decodeLastGood(text).ok).toBe(false);
});

test('whatever JSON the file holds, reading does not throw', () => {
  fc.assert(
    fc.property(fc.json(), (json) => {
      expect(decodeLastGood(`{"format":1,"ingresses":[${json}]}`).ok).toBe(false);
    }),
  );
});
