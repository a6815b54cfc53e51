import { expect, it } from 'vitest';
import { plan } from '../../src/plan/plan.ts';
import { freePort } from '../support/free-port.ts';
import { installation, prefixed, stateOfObjects, tenant, type RawObject } from '../support/hostile-cluster.ts';
import { testOptions } from '../support/plan-options.ts';
import { objectionsTo, withLayout } from '../support/replay-nginx.ts';

const ports = { httpPort: await freePort(), httpsPort: await freePort() };

/** NGINX has hashes of names with room for 46 characters, which no directive enlarges; ConfigMaps have keys of 253. */
const names = [46, 47, 64, 65, 100, 101, 110, 111, 253].map((length) => `X-${'a'.repeat(length - 2)}`);

const headers = (namespace: string, data: object): RawObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace, name: 'headers' },
  data,
});

const question = { 'auth-url': 'http://auth.example/', 'auth-signin': 'https://login.example/' };
const allowed = { 'global-allowed-response-headers': names.filter((name) => name.length <= 100).join(',') };

/** What a tenant asks for with a name of a header, in annotations and in its ConfigMap. */
type Wish = readonly [string, (name: string) => object, ((name: string) => object)?];

const wishes: readonly Wish[] = [
  ['custom-headers', () => ({ 'custom-headers': 'headers' })],
  ['auth-response-headers', (name) => ({ ...question, 'auth-response-headers': name })],
  ['auth-proxy-set-headers', () => ({ ...question, 'auth-proxy-set-headers': 'headers' })],
  ['canary-by-header', (name) => ({ canary: 'true', 'canary-by-header': name })],
  ['upstream-hash-by', (name) => ({ 'upstream-hash-by': `$http_${name.toLowerCase().replaceAll('-', '_')}` })],
  ['cors-allow-headers', (name) => ({ 'enable-cors': 'true', 'cors-allow-headers': name })],
  [
    'fastcgi-params-configmap',
    () => ({ 'fastcgi-params-configmap': 'headers' }),
    (name) => ({ [`HTTP_${name.slice(0, 248)}`]: 'v', [name]: 'v' }),
  ],
];

const objections = (settings: object, objects: readonly RawObject[]): Promise<readonly string[]> =>
  withLayout((layout) => {
    const state = stateOfObjects([...installation({ ...settings }), ...objects]);
    return objectionsTo(layout, plan(state, testOptions(ports, { layout, accessLog: 'off' })), state);
  });

const protocols = ['HTTP', 'GRPC', 'FCGI', 'AUTO_HTTP'];

const tenantsWith = (wish: Wish): readonly RawObject[] =>
  names.flatMap((name, index) =>
    protocols.flatMap((protocol) => {
      const namespace = `m${index}-${protocol.toLowerCase().replace('_', '-')}`;
      const annotations = prefixed({ 'backend-protocol': protocol, ...wish[1](name) });
      return [
        ...tenant(namespace, { annotations }).filter(({ kind }) => kind !== 'ConfigMap'),
        headers(namespace, wish[2]?.(name) ?? { [name]: 'v' }),
      ];
    }),
  );

it.each(wishes.map((wish) => ({ key: wish[0], wish })))(
  'NGINX takes header names of every length in $key of a tenant',
  async ({ wish }) => {
    expect(await objections(allowed, tenantsWith(wish))).toEqual([]);
  },
);

const tenants = protocols.flatMap((protocol) =>
  tenant(`m-${protocol.toLowerCase().replace('_', '-')}`, { annotations: prefixed({ 'backend-protocol': protocol }) }),
);

it.each([
  ['add-headers', { 'add-headers': 'ingress-nginx/headers' }],
  ['proxy-set-headers', { 'proxy-set-headers': 'ingress-nginx/headers' }],
  ['hide-headers', { 'hide-headers': names.slice(0, 5).join(',') }],
  ['forwarded-for-header', { 'use-forwarded-headers': 'true', 'forwarded-for-header': names[2] }],
  [
    'global-auth-response-headers',
    { 'global-auth-url': 'http://auth.example/', 'global-auth-response-headers': names.slice(0, 3).join(',') },
  ],
])('NGINX takes header names of every length in %s of the installation', async (_, settings) => {
  const data = Object.fromEntries(names.map((name) => [name, 'v']));
  expect(await objections(settings, [...tenants, headers('ingress-nginx', data)])).toEqual([]);
});
