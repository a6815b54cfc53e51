import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startEcho, type Echo } from '../support/echo-backend.ts';
import { startLoad } from '../support/load.ts';
import { ingress, service } from '../support/manifests.ts';
import { PorticoRun } from '../support/portico-run.ts';

const HOST = 'web.example';
const CLIENTS = 60;
const pods: Echo[] = [];
let portico: PorticoRun;

const route = (annotations: Readonly<Record<string, string>>): string =>
  ingress('web', { host: HOST, service: 'web', annotations });
const balanced = { affinity: 'cookie' };
const persistent = { affinity: 'cookie', 'affinity-mode': 'persistent' };

beforeAll(async () => {
  for (const [index, name] of ['one', 'two', 'three', 'four'].entries())
    pods.push(await startEcho({ name, address: `127.0.0.${index + 1}`, port: pods[0]?.port ?? 0 }));
});
afterAll(() => Promise.all(pods.map((pod) => pod.close())));
afterEach(() => portico.stop());

/** Begins to serve, with pods that listen or not. */
const start = async (
  first: readonly { address: string; port: number }[],
  annotations: Readonly<Record<string, string>>,
): Promise<void> => {
  portico = await PorticoRun.start({ 'pods.yaml': service('web', first), 'web.yaml': route(annotations) });
};

/** A browser: it keeps the one cookie that it is sent. */
class Client {
  cookie = '';

  async ask(): Promise<string | undefined> {
    const { pod, headers } = await portico.get(HOST, '/', this.cookie === '' ? {} : { cookie: this.cookie });
    const [set] = headers['set-cookie'] ?? [];
    this.cookie = set?.split(';')[0] ?? this.cookie;
    return pod;
  }
}

const clients = (): readonly Client[] => Array.from({ length: CLIENTS }, () => new Client());

const askAll = async (all: readonly Client[]): Promise<readonly (string | undefined)[]> => {
  const answers = [];
  for (const client of all) answers.push(await client.ask());
  return answers;
};

/** Clients whose next pod is another one, by where they were and are. */
const moves = (before: readonly (string | undefined)[], after: readonly (string | undefined)[]): readonly string[] =>
  before.flatMap((pod, client) => (pod === after[client] ? [] : [`${pod} to ${after[client]}`]));

describe.each([
  ['balanced', balanced],
  ['persistent', persistent],
])('in %s mode', (mode, annotations) => {
  it('a client keeps its pod, also through a reload', async () => {
    await start(pods.slice(0, 3), annotations);
    const all = clients();
    const before = await askAll(all);
    expect(new Set(before)).toEqual(new Set(['one', 'two', 'three']));
    expect(moves(before, await askAll(all))).toEqual([]);
    portico.write('web.yaml', route({ ...annotations, 'proxy-read-timeout': '61' }));
    await portico.live('proxy_read_timeout 61s');
    expect(moves(before, await askAll(all))).toEqual([]);
  });

  it('of the sessions there are, a pod that joins takes its share or none', async () => {
    await start(pods.slice(0, 3), annotations);
    const all = clients();
    const before = await askAll(all);
    portico.write('pods.yaml', service('web', pods));
    await portico.until(async () => (await askAll(clients())).includes('four'), 'new clients on the fourth pod');
    const moved = moves(before, await askAll(all));
    expect(moved.filter((move) => !move.endsWith('to four'))).toEqual([]);
    expect(moved.length > 0).toBe(mode === 'balanced');
  });

  it('only the clients of a pod that leaves move, once', async () => {
    await start(pods.slice(0, 3), annotations);
    const all = clients();
    const before = await askAll(all);
    portico.write('pods.yaml', service('web', pods.slice(1, 3)));
    await portico.until(async () => !(await askAll(clients())).includes('one'), 'the first pod to be left alone');
    const after = await askAll(all);
    expect(moves(before, after).filter((move) => !move.startsWith('one to'))).toEqual([]);
    expect(moves(after, await askAll(all))).toEqual([]);
  });

  it('no request is lost when it begins and ends', async () => {
    await start(pods.slice(0, 3), annotations);
    const load = startLoad({ port: portico.httpPort, host: HOST });
    portico.write('web.yaml', ingress('web', { host: HOST, service: 'web' }));
    await portico.until(async () => (await portico.get(HOST)).headers['set-cookie'] === undefined, 'no cookie');
    portico.write('web.yaml', route(annotations));
    await portico.until(async () => (await portico.get(HOST)).headers['set-cookie'] !== undefined, 'a cookie');
    const { failures } = await load.stop();
    expect(Object.fromEntries(failures)).toEqual({});
  });
});

describe('where a pod cannot be reached', () => {
  const dead = (): readonly { address: string; port: number }[] => [
    ...pods.slice(0, 2),
    { address: '127.0.0.99', port: pods[0]?.port ?? 0 },
  ];

  /** Sessions of a dead pod and what became of their cookies. */
  const changed = async (): Promise<readonly boolean[]> => {
    const keys = Array.from({ length: CLIENTS }, (_, key) => `INGRESSCOOKIE=key-${key}`);
    const answers = [];
    for (const cookie of keys) answers.push(await portico.get(HOST, '/', { cookie }));
    return answers.map(({ headers }) => headers['set-cookie'] !== undefined);
  };

  it('its clients keep their cookie', async () => {
    await start(dead(), balanced);
    expect(new Set(await changed())).toEqual(new Set([false]));
  });

  it('its clients, and no others, get a new cookie where that is asked for', async () => {
    await start(dead(), { ...balanced, 'session-cookie-change-on-failure': 'true' });
    const share = (await changed()).filter(Boolean).length / CLIENTS;
    expect(share).toBeGreaterThan(0.1);
    expect(share).toBeLessThan(0.7);
  });
});
