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
import { ObjectStore } from './object-store.ts';
import { Reflector } from './reflector.ts';
import { unmetered } from './reading-meter.ts';
import { collectionsOf, type Collection, type WatchedKind } from './watched-kinds.ts';

const quick = { reconnectMs: 1, firstMs: 1, longestMs: 4 };
const service = (name: string, version: string, text = ''): object => ({
  metadata: { name, namespace: 'shop', resourceVersion: version, annotations: { text } },
  spec: { ports: [{ port: 80 }] },
});

let server: FakeApiServer;
let client: ApiClient;
let ending: AbortController;
let running: Promise<void>;
let store: ObjectStore | undefined;
let listings: string[];
let warnings: string[];
let interruptions: string[];
let notice: () => void;

beforeEach(async () => {
  server = await startFakeApiServer();
  client = createApiClient(() => server.config());
  ending = new AbortController();
  running = Promise.resolve();
  [store, listings, warnings, interruptions, notice] = [undefined, [], [], [], () => {}];
});

afterEach(async () => {
  ending.abort();
  await running;
  await client.close();
  await server.close();
});

const collectionOf = (kind: WatchedKind): Collection => {
  const found = collectionsOf({ named: [] }).find((one) => one.kind === kind);
  if (found === undefined) throw new Error(`no collection of ${kind}`);
  return found;
};

const start = (kind: WatchedKind = 'Service'): void => {
  const log = { debug: () => {}, info: () => {}, warn: (text: string) => void warnings.push(text) };
  const reflector = new Reflector<ObjectStore>(collectionOf(kind), {
    client,
    log,
    pauses: quick,
    meter: { ...unmetered, interrupted: (_, reason) => void interruptions.push(reason) },
    createStore: () => new ObjectStore(kind),
    listed: (listed, access) => {
      store = listed;
      listings.push(access);
      notice();
    },
    changed: () => notice(),
  });
  running = reflector.run(ending.signal);
};

const until = async (isTrue: () => boolean): Promise<void> => {
  while (!isTrue()) {
    const { promise, resolve } = Promise.withResolvers<void>();
    notice = resolve;
    await promise;
  }
};

const names = (): readonly string[] => [...(store?.resources.values() ?? [])].map(({ name }) => name).toSorted();
const line = (type: string, object: unknown): string => `${JSON.stringify({ type, object })}\n`;
const watchFrom =
  (version: string) =>
  (seen: Seen): boolean =>
    isWatch(seen) && seen.query.get('resourceVersion') === version;
const lists = (): readonly Seen[] => server.seen.filter((seen) => !isWatch(seen));

const listThen = (first: readonly object[], watch: (seen: Seen) => void): void => {
  server.answer = (seen) => (isWatch(seen) ? watch(seen) : sendList(seen, first, { version: '5' }));
};
const open = ({ response }: Seen): void => response.writeHead(200).flushHeaders();

test('pages are read to the last one before anything counts, and the watch starts at their version', async () => {
  server.answer = (seen) => {
    if (isWatch(seen)) return open(seen);
    if (seen.query.get('continue') === 'two') return sendList(seen, [service('b', '2')], { version: '9' });
    return sendList(seen, [service('a', '1')], { version: '9', token: 'two' });
  };
  start();
  const watch = await server.request(isWatch);
  expect(names()).toEqual(['a', 'b']);
  expect(listings).toEqual(['granted']);
  expect(lists().map(({ query }) => query.get('limit'))).toEqual(['500', '500']);
  expect(watch.query.get('resourceVersion')).toBe('9');
  expect(watch.query.get('allowWatchBookmarks')).toBe('true');
});

test('a 410 in the middle of a listing starts it over', async () => {
  let refusals = 0;
  server.answer = (seen) => {
    if (isWatch(seen)) return open(seen);
    if (refusals > 0) return sendList(seen, [service('new', '8')], { version: '8' });
    if (seen.query.get('continue') === null) return sendList(seen, [service('old', '1')], { token: 'two' });
    refusals += 1;
    return sendJson(seen.response, 410, { message: 'the continue token is too old' });
  };
  start();
  await server.request(watchFrom('8'));
  expect(names()).toEqual(['new']);
  expect(listings).toEqual(['granted']);
  expect(warnings[0]).toContain('410');
});

test('events change the store, and a dropped connection resumes at the last version seen', async () => {
  listThen([service('a', '1'), service('b', '2')], (seen) => {
    open(seen);
    if (!watchFrom('5')(seen)) return;
    seen.response.write(line('ADDED', service('c', '6')) + line('DELETED', service('a', '7')));
    seen.response.write(line('BOOKMARK', { metadata: { resourceVersion: '44' } }), () => seen.response.destroy());
  });
  start();
  await server.request(watchFrom('44'));
  expect(names()).toEqual(['b', 'c']);
  expect(lists()).toHaveLength(1);
});

test('a watch that lived for a while makes up for earlier failures, also where nothing happened in it', async () => {
  let watches = 0;
  listThen([], (seen) => {
    open(seen);
    watches += 1;
    if (watches < 3) setTimeout(() => seen.response.destroy(), 1200);
  });
  start();
  await server.request(() => watches === 3);
  expect(warnings).toHaveLength(2);
});

test('a watch that the server closes is opened again where it ended', async () => {
  listThen([], (seen) => {
    open(seen);
    if (watchFrom('5')(seen)) seen.response.end(line('ADDED', service('a', '6')));
  });
  start();
  await server.request(watchFrom('6'));
  expect(lists()).toHaveLength(1);
});

test.each([
  ['an ERROR event', line('ERROR', { kind: 'Status', code: 410, message: 'too old resource version' })],
  ['garbage', '{"type":"ADDED","obj\n'],
  ['an event without version', line('ADDED', { metadata: { name: 'x' } })],
  ['an event of an unknown type', line('SHOUTED', service('x', '6'))],
])('after %s everything is listed again', async (_, text) => {
  let round = 0;
  server.answer = (seen) => {
    if (!isWatch(seen)) return sendList(seen, [service(`a${round}`, '1')], { version: String((round += 1)) });
    open(seen);
    if (round === 1) seen.response.write(text);
  };
  start();
  await server.request(watchFrom('2'));
  expect(names()).toEqual(['a1']);
  expect(warnings).toHaveLength(1);
});

test('a version that is gone when the watch starts leads to a new listing', async () => {
  let round = 0;
  server.answer = (seen) => {
    if (!isWatch(seen)) return sendList(seen, [], { version: String((round += 1)) });
    return round === 1 ? sendJson(seen.response, 410, { message: 'gone' }) : open(seen);
  };
  start();
  await server.request(watchFrom('2'));
  expect(listings).toEqual(['granted', 'granted']);
});

test('an API server that fails for a while costs no second listing', async () => {
  let failures = 0;
  listThen([service('a', '1')], (seen) => {
    failures += 1;
    if (failures === 2) return void seen.response.destroy();
    return failures < 4 ? sendJson(seen.response, 503, { message: 'starting' }) : open(seen);
  });
  start();
  await server.request(() => failures >= 4);
  expect(lists()).toHaveLength(1);
  expect(warnings).toHaveLength(1);
});

test('an object that trickles in byte by byte, through its letters of several bytes, is read whole', async () => {
  const text = 'Straße 🚦 漢';
  listThen([], (seen) => {
    open(seen);
    seen.response.socket?.setNoDelay(true);
    void (async () => {
      for (const byte of Buffer.from(line('ADDED', service('a', '6', text)))) {
        await new Promise((resolve) => seen.response.write(Buffer.of(byte), resolve));
      }
    })();
  });
  start();
  await until(() => names().length > 0);
  expect([...(store?.resources.values() ?? [])][0]?.annotations).toEqual({ text });
});

const refuseClasses =
  (ready: number) =>
  ({ path, response }: Seen): void =>
    path === '/readyz'
      ? sendJson(response, ready, {})
      : sendJson(response, 403, { message: 'ingressclasses is forbidden' });

test('IngressClasses that may not be read are none, which is said and holds nothing up', async () => {
  server.answer = refuseClasses(200);
  start('IngressClass');
  await until(() => listings.length > 0);
  expect(listings[0]).toBe('forbidden');
  expect(warnings[0]).toContain('ingressclasses is forbidden');
});

test('Services that may not be read are waited for', async () => {
  let isForbidden = true;
  server.answer = (seen) => {
    if (isWatch(seen)) return open(seen);
    if (!isForbidden) return sendList(seen, [service('a', '1')]);
    isForbidden = false;
    return sendJson(seen.response, 403, { message: 'services is forbidden' });
  };
  start();
  await server.request(isWatch);
  expect(listings).toEqual(['granted']);
  expect(names()).toEqual(['a']);
});

test('a refusal of an API server that is not ready yet is not believed', async () => {
  server.answer = refuseClasses(500);
  start('IngressClass');
  await server.request(() => lists().filter(({ path }) => path !== '/readyz').length >= 3);
  expect(listings).toEqual([]);
  server.answer = (seen) => {
    if (seen.path === '/readyz') return sendJson(seen.response, 500, {});
    return isWatch(seen) ? open(seen) : sendList(seen, []);
  };
  await until(() => listings.length > 0);
  expect(listings).toEqual(['granted']);
});

test('a refusal that was older than the readiness of the API server is not believed either', async () => {
  let isForbidden = true;
  server.answer = (seen) => {
    if (seen.path === '/readyz') return sendJson(seen.response, 200, {});
    if (isWatch(seen)) return open(seen);
    if (!isForbidden) return sendList(seen, []);
    isForbidden = false;
    return sendJson(seen.response, 403, { message: 'ingressclasses is forbidden' });
  };
  start('IngressClass');
  await until(() => listings.length > 0);
  expect(listings).toEqual(['granted']);
});

test('IngressClasses that were read once stay as they were when rights are taken away', async () => {
  let refusals = 0;
  const refuse = refuseClasses(200);
  server.answer = (seen) => {
    if (isWatch(seen)) return sendJson(seen.response, 410, { message: 'gone' });
    if (listings.length === 0) return sendList(seen, [{ metadata: { name: 'nginx', resourceVersion: '1' }, spec: {} }]);
    refusals += 1;
    return refuse(seen);
  };
  start('IngressClass');
  await server.request(() => refusals >= 3);
  expect(listings).toEqual(['granted']);
});

test('a busy API server is left alone for as long as it says', async () => {
  const times: number[] = [];
  server.answer = (seen) => {
    if (isWatch(seen)) return open(seen);
    times.push(performance.now());
    if (times.length > 1) return sendList(seen, []);
    seen.response.setHeader('retry-after', '1');
    return sendJson(seen.response, 429, { message: 'too many requests' });
  };
  start();
  await server.request(isWatch);
  expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(990);
});

test.each([429, 503, 504])('a watch that ends with the error %i resumes where it was', async (code) => {
  let watches = 0;
  listThen([service('a', '1')], (seen) => {
    open(seen);
    watches += 1;
    if (watches === 1) seen.response.write(line('ADDED', service('b', '6')) + line('ERROR', { code, message: 'busy' }));
  });
  start();
  await server.request(watchFrom('6'));
  expect(lists()).toHaveLength(1);
});

test.each([
  ['a version that is gone', 'expired', (seen: Seen) => sendJson(seen.response, 410, {})],
  ['a refusal', 'refused', (seen: Seen) => sendJson(seen.response, 500, {})],
  ['a broken connection', 'unreachable', (seen: Seen) => seen.response.destroy()],
  ['garbage', 'garbled', (seen: Seen) => seen.response.writeHead(200).write('{\n')],
  ['a watch that ends at once', 'short', (seen: Seen) => seen.response.writeHead(200).end()],
] as const)('%s is counted as %s', async (_, reason, answer) => {
  let watches = 0;
  listThen([], (seen) => {
    watches += 1;
    if (watches === 1) answer(seen);
    else open(seen);
  });
  start();
  await server.request(() => watches === 2);
  expect(interruptions).toEqual([reason]);
});
