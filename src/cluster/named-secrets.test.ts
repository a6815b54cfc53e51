import { expect, test } from 'vitest';
import { objectRef } from '../values/object-ref.ts';
import { namedSecrets } from './named-secrets.ts';
import type { ConfigMap, Ingress } from './resources.ts';

const meta = { namespace: 'shop', name: 'x', createdAt: 1, labels: {} };

const ingress = (annotations: Readonly<Record<string, string>>, secretNames: readonly string[] = []): Ingress => ({
  ...meta,
  ref: objectRef('Ingress', 'shop', 'x'),
  annotations,
  rules: [],
  tls: secretNames.map((secretName) => ({ hosts: [], secretName })),
  fingerprint: '',
});

test.each([
  ['a name in the own namespace', 'users', ['Secret/shop/users']],
  ['a name with its namespace', 'auth/users', ['Secret/auth/users']],
  ['a name between blanks', ' users ', ['Secret/shop/users']],
  ['no name', 'not a name', []],
  ['a path', 'a/b/c', []],
  ['nothing', '', []],
])('an annotation that is %s', (_, text, refs) => {
  expect([...namedSecrets([ingress({ any: text })], [])]).toEqual(refs);
});

test('certificates of hosts are named, in the namespace of the Ingress', () => {
  expect([...namedSecrets([ingress({}, ['tls', ''])], [])]).toEqual(['Secret/shop/tls']);
});

test('settings name Secrets as annotations do', () => {
  const ref = objectRef('ConfigMap', 'shop', 'x');
  const configMap: ConfigMap = { ...meta, ref, annotations: {}, data: { 'ssl-dh-param': 'portico/dh' } };
  expect([...namedSecrets([], [configMap])]).toEqual(['Secret/portico/dh']);
});
