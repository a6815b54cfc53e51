import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  isWatch,
  sendJson,
  sendList,
  startFakeApiServer,
  type FakeApiServer,
  type Seen,
} from '../../test/support/fake-api-server.ts';
import { objectRef } from '../values/object-ref.ts';
import { createApiClient, type ApiClient } from './api-client.ts';
import { createClusterSource, type ClusterSource, type SourceChange } from './cluster-source.ts';

const log = { debug: () => {}, info: () => {}, warn: () => {} };
const pauses = { reconnectMs: 1, firstMs: 1, longestMs: 4 };

const slice = (version: string, { address, port = 8080 }: { readonly address: string; readonly port?: number }) => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: {
    name: 'web-1',
    namespace: 'shop',
    resourceVersion: version,
    labels: { 'kubernetes.io/service-name': 'web' },
  },
  addressType: 'IPv4',
  ports: [{ name: 'http', port, protocol: 'TCP' }],
  endpoints: [{ addresses: [address], conditions: { ready: true } }],
});

const ingress = {
  metadata: { name: 'web', namespace: 'shop', uid: 'u-1', resourceVersion: '1' },
  spec: { ingressClassName: 'other', rules: [] },
};

let server: FakeApiServer;
let client: ApiClient;
let ending: AbortController;
let source: ClusterSource | undefined;
let changes: SourceChange[];
let notice: () => void;

beforeEach(async () => {
  server = await startFakeApiServer();
  client = createApiClient(() => server.config());
  ending = new AbortController();
  [source, changes, notice] = [undefined, [], () => {}];
});

afterEach(async () => {
  ending.abort();
  await source?.ended;
  await client.close();
  await server.close();
});

const start = (namespace?: string, byLabel = false): void => {
  const named = [objectRef('ConfigMap', 'portico', 'settings'), objectRef('Service', 'shop', 'fallback')];
  const scope = { named, byLabel, ...(namespace === undefined ? {} : { namespace }) };
  source = createClusterSource(client, { scope, log, pauses }, ending.signal);
  source.subscribe((change) => {
    changes.push(change);
    notice();
  });
};

const nextChange = async (count: number): Promise<SourceChange> => {
  while (changes.length < count) {
    const { promise, resolve } = Promise.withResolvers<void>();
    notice = resolve;
    await promise;
  }
  return changes[count - 1] as SourceChange;
};

const answering =
  (lists: Readonly<Record<string, (seen: Seen) => void>>) =>
  (seen: Seen): void => {
    if (isWatch(seen)) return seen.response.writeHead(200).flushHeaders();
    const plural = seen.path.split('/').at(-1) ?? '';
    return (lists[plural] ?? ((one) => sendList(one, [])))(seen);
  };

const watchOf =
  (plural: string) =>
  (seen: Seen): boolean =>
    isWatch(seen) && seen.path.endsWith(plural);

test('the first snapshot waits for the last listing', async () => {
  const held: Seen[] = [];
  server.answer = answering({
    ingresses: (seen) => sendList(seen, [ingress]),
    secrets: (seen) => void held.push(seen),
  });
  start();
  await Promise.all(
    ['ingresses', 'ingressclasses', 'services', 'endpointslices', 'configmaps'].map((plural) =>
      server.request(watchOf(plural)),
    ),
  );
  await server.request(({ path }) => path.endsWith('secrets'));
  expect(source?.latest()).toBeUndefined();
  sendList(held[0] as Seen, []);
  const { state, changed } = await nextChange(1);
  expect(changed).toBe('all');
  expect(state.ingresses.get(objectRef('Ingress', 'shop', 'web'))).toMatchObject({ className: 'other', uid: 'u-1' });
});

test('Secrets of Helm and tokens are not asked for', async () => {
  start();
  const { query } = await server.request(({ path }) => path.endsWith('secrets'));
  expect(query.get('fieldSelector')).toBe('type!=helm.sh/release.v1,type!=kubernetes.io/service-account-token');
});

test.each([
  ['another address is a change of endpoints', { address: '10.0.0.2' }, 'endpoints'],
  ['another port is a change of everything', { address: '10.0.0.1', port: 9090 }, 'all'],
] as const)('in an EndpointSlice %s', async (_, now, changed) => {
  server.answer = answering({ endpointslices: (seen) => sendList(seen, [slice('1', { address: '10.0.0.1' })]) });
  start();
  const first = await nextChange(1);
  const watch = await server.request(watchOf('endpointslices'));
  watch.response.write(`${JSON.stringify({ type: 'MODIFIED', object: slice('2', now) })}\n`);
  const second = await nextChange(2);
  expect(second.changed).toBe(changed);
  expect(second.state.services).toBe(first.state.services);
  const ref = objectRef('EndpointSlice', 'shop', 'web-1');
  expect(second.state.endpointSlices.get(ref)?.endpoints[0]?.addresses).toEqual([now.address]);
  expect(first.state.endpointSlices.get(ref)?.endpoints[0]?.addresses).toEqual(['10.0.0.1']);
});

test('changes that come together make one snapshot, which is of all kinds if one is', async () => {
  server.answer = answering({ endpointslices: (seen) => sendList(seen, [slice('1', { address: '10.0.0.1' })]) });
  start();
  await nextChange(1);
  const watch = await server.request(watchOf('endpointslices'));
  const events = [slice('2', { address: '10.0.0.2' }), slice('3', { address: '10.0.0.3', port: 1 })];
  watch.response.write(events.map((object) => `${JSON.stringify({ type: 'MODIFIED', object })}\n`).join(''));
  expect((await nextChange(2)).changed).toBe('all');
});

test('where IngressClasses may not be read, no Ingress has a class name', async () => {
  server.answer = answering({
    ingresses: (seen) => sendList(seen, [ingress]),
    ingressclasses: ({ response }) => sendJson(response, 403, { message: 'forbidden' }),
  });
  start();
  const { state } = await nextChange(1);
  expect(state.ingresses.get(objectRef('Ingress', 'shop', 'web'))).not.toHaveProperty('className');
});

test('one namespace is read, besides classes and what the flags name elsewhere', async () => {
  server.answer = answering({
    configmaps: (seen) => {
      const [, , , , namespace = ''] = seen.path.split('/');
      sendList(seen, [{ metadata: { name: 'settings', namespace, resourceVersion: '1' } }]);
    },
  });
  start('shop');
  const { state } = await nextChange(1);
  const lists = server.seen.filter((seen) => !isWatch(seen));
  expect(lists.map(({ path }) => path).toSorted()).toEqual([
    '/api/v1/namespaces/portico/configmaps',
    '/api/v1/namespaces/shop/configmaps',
    '/api/v1/namespaces/shop/secrets',
    '/api/v1/namespaces/shop/services',
    '/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices',
    '/apis/networking.k8s.io/v1/ingressclasses',
    '/apis/networking.k8s.io/v1/namespaces/shop/ingresses',
  ]);
  const elsewhere = lists.find(({ path }) => path.includes('portico'));
  expect(elsewhere?.query.get('fieldSelector')).toBe('metadata.name=settings');
  expect([...state.configMaps.keys()].toSorted()).toEqual(['ConfigMap/portico/settings', 'ConfigMap/shop/settings']);
});

test('an object that cannot be decoded is a problem of the snapshot, until it can be', async () => {
  const broken = { metadata: { name: 'web', namespace: 'shop', resourceVersion: '1', annotations: 7 } };
  server.answer = answering({ ingresses: (seen) => sendList(seen, [broken]) });
  start();
  const first = await nextChange(1);
  expect(first.state.problems).toMatchObject([{ subject: 'Ingress/shop/web' }]);
  const watch = await server.request(watchOf('ingresses'));
  watch.response.write(`${JSON.stringify({ type: 'MODIFIED', object: ingress })}\n`);
  const second = await nextChange(2);
  expect(second.state.problems).toEqual([]);
  expect(second.state.ingresses.size).toBe(1);
});

test('where labels of namespaces decide, the first snapshot waits for them, and their changes are told', async () => {
  const held: Seen[] = [];
  server.answer = answering({ namespaces: (seen) => void held.push(seen) });
  start(undefined, true);
  await server.request(({ path }) => path === '/api/v1/namespaces');
  await Promise.all(['ingresses', 'secrets', 'configmaps'].map((plural) => server.request(watchOf(plural))));
  expect(source?.latest()).toBeUndefined();
  const namespace = (version: string, team: string) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'shop', resourceVersion: version, labels: { team } },
  });
  sendList(held[0] as Seen, [namespace('1', 'web')]);
  const ref = objectRef('Namespace', '', 'shop');
  expect((await nextChange(1)).state.namespaces.get(ref)?.labels).toEqual({ team: 'web' });
  const watch = await server.request(watchOf('namespaces'));
  watch.response.write(`${JSON.stringify({ type: 'MODIFIED', object: namespace('2', 'other') })}\n`);
  const second = await nextChange(2);
  expect(second.changed).toBe('all');
  expect(second.state.namespaces.get(ref)?.labels).toEqual({ team: 'other' });
});
