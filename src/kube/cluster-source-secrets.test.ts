import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  isWatch,
  sendJson,
  sendList,
  startFakeApiServer,
  type FakeApiServer,
  type Seen,
} from '../../test/support/fake-api-server.ts';
import { createApiClient, type ApiClient } from './api-client.ts';
import { createClusterSource, type ClusterSource, type SourceChange } from './cluster-source.ts';

const log = { debug: () => {}, info: () => {}, warn: () => {} };
const pauses = { reconnectMs: 1, firstMs: 1, longestMs: 4 };

const metadata = (name: string, version: string) => ({ name, namespace: 'shop', resourceVersion: version });
const ingress = (secretName: string, version = '1') => ({
  metadata: metadata('web', version),
  spec: { tls: [{ secretName }], rules: [] },
});

let server: FakeApiServer;
let client: ApiClient;
let ending: AbortController;
let source: ClusterSource;
let changes: SourceChange[];
let notice: () => void;
let versions: Record<string, string>;
let isBroken: boolean;

const nameOf = ({ query }: Seen): string | undefined =>
  /^metadata\.name=(.*)$/.exec(query.get('fieldSelector') ?? '')?.[1];

const readings = (): readonly (string | undefined)[] =>
  server.seen.filter(({ path }) => path === '/api/v1/namespaces/shop/secrets').map(nameOf);

const watchOf =
  (plural: string) =>
  (seen: Seen): boolean =>
    isWatch(seen) && seen.path.endsWith(plural);

const tell = async (plural: string, type: string, object: unknown): Promise<void> => {
  const { response } = await server.request(watchOf(plural));
  response.write(`${JSON.stringify({ type, object })}\n`);
};

const answer = (seen: Seen): void => {
  const { path, response } = seen;
  if (isWatch(seen)) return response.writeHead(200).flushHeaders();
  if (path.endsWith('ingresses')) return sendList(seen, [ingress('tls')]);
  if (path === '/api/v1/secrets') {
    const items = Object.entries(versions).map(([name, version]) => ({ metadata: metadata(name, version) }));
    return sendList(seen, items);
  }
  const name = nameOf(seen);
  if (name === undefined) return sendList(seen, []);
  if (isBroken) return sendJson(response, 500, { message: 'starting' });
  const version = versions[name];
  const data = { auth: Buffer.from(`${name} ${version}`).toString('base64') };
  return sendList(seen, version === undefined ? [] : [{ metadata: metadata(name, version), data }]);
};

beforeEach(async () => {
  server = await startFakeApiServer();
  client = createApiClient(() => server.config());
  ending = new AbortController();
  [changes, notice, versions, isBroken] = [[], () => {}, { tls: '1', other: '1' }, false];
  server.answer = answer;
  source = createClusterSource(client, { scope: { named: [] }, log, pauses }, ending.signal);
  source.subscribe((change) => {
    changes.push(change);
    notice();
  });
});

afterEach(async () => {
  ending.abort();
  await source.ended;
  await client.close();
  await server.close();
});

const nextContents = async (count: number): Promise<Readonly<Record<string, string | undefined>>> => {
  while (changes.length < count) {
    const { promise, resolve } = Promise.withResolvers<void>();
    notice = resolve;
    await promise;
  }
  const secrets = [...(changes[count - 1]?.state.secrets.values() ?? [])];
  return Object.fromEntries(secrets.map(({ name, data }) => [name, data.get('auth')?.reveal()]));
};

test('of all Secrets metadata is read, and the content of those that are named', async () => {
  expect(await nextContents(1)).toEqual({ tls: 'tls 1' });
  expect(readings()).toEqual(['tls']);
  await server.request(watchOf('secrets'));
  const forms = server.seen.filter(({ path }) => path === '/api/v1/secrets').map(({ accept }) => accept);
  expect(forms).toEqual([
    'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
    'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
  ]);
});

test('a new version is read, and that of another Secret is no news', async () => {
  await nextContents(1);
  versions = { tls: '3', other: '2' };
  await tell('secrets', 'MODIFIED', { kind: 'PartialObjectMetadata', metadata: metadata('other', '2') });
  await tell('secrets', 'MODIFIED', { kind: 'PartialObjectMetadata', metadata: metadata('tls', '3') });
  expect(await nextContents(2)).toEqual({ tls: 'tls 3' });
  expect(readings()).toEqual(['tls', 'tls']);
});

test('a Secret that is named first and created later belongs to the snapshot from then on', async () => {
  await nextContents(1);
  await tell('ingresses', 'MODIFIED', ingress('late', '2'));
  expect(await nextContents(2)).toEqual({});
  versions = { late: '5' };
  await tell('secrets', 'ADDED', { metadata: metadata('late', '5') });
  expect(await nextContents(3)).toEqual({ late: 'late 5' });
});

test('a Secret that is not named any more is forgotten, and so is one that is gone', async () => {
  await nextContents(1);
  await tell('ingresses', 'MODIFIED', ingress('other', '2'));
  expect(await nextContents(2)).toEqual({ other: 'other 1' });
  versions = {};
  await tell('secrets', 'DELETED', { metadata: metadata('other', '7') });
  expect(await nextContents(3)).toEqual({});
});

test('what last good versions name stays', async () => {
  await nextContents(1);
  source.alsoServe([...(changes[0]?.state.ingresses.values() ?? [])]);
  await tell('ingresses', 'MODIFIED', ingress('other', '2'));
  expect(await nextContents(2)).toEqual({ tls: 'tls 1', other: 'other 1' });
});

test('a snapshot waits for the Secrets that it needs as long as they cannot be read', async () => {
  await nextContents(1);
  isBroken = true;
  await tell('ingresses', 'MODIFIED', ingress('other', '2'));
  await server.request(() => readings().length >= 4);
  expect(changes).toHaveLength(1);
  isBroken = false;
  expect(await nextContents(2)).toEqual({ other: 'other 1' });
});
