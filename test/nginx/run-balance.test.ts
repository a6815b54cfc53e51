import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { startEcho, type Echo } from '../support/echo-backend.ts';
import { startLoad } from '../support/load.ts';
import { ingress, service } from '../support/manifests.ts';
import { PorticoRun } from '../support/portico-run.ts';

const HOST = 'web.example';
const KEYS = Array.from({ length: 40 }, (_, index) => `/key-${index}`);
const hashed = ingress('web', { host: HOST, service: 'web', annotations: { 'upstream-hash-by': '$request_uri' } });
const pods: Echo[] = [];
let portico: PorticoRun;

beforeAll(async () => {
  for (const [index, name] of ['one', 'two', 'three', 'four'].entries())
    pods.push(await startEcho({ name, address: `127.0.0.${index + 1}`, port: pods[0]?.port ?? 0 }));
});
afterAll(() => Promise.all(pods.map((pod) => pod.close())));

beforeEach(async () => {
  const manifests = { 'pods.yaml': service('web', pods.slice(0, 3)), 'web.yaml': hashed };
  portico = await PorticoRun.start(manifests);
});
afterEach(() => portico.stop());

/** The pod that answers each key. */
const placement = async (): Promise<readonly (string | undefined)[]> => {
  const found = [];
  for (const key of KEYS) found.push((await portico.get(HOST, key)).pod);
  return found;
};

it('requests with one key go to one pod, and keys to all pods', async () => {
  const placed = await placement();
  expect(new Set(placed)).toEqual(new Set(['one', 'two', 'three']));
  for (let again = 0; again < 3; again += 1) expect(await placement()).toEqual(placed);
});

it('keys move only to a pod that joins', async () => {
  const before = await placement();
  portico.write('pods.yaml', service('web', pods));
  await portico.until(async () => (await placement()).includes('four'), 'a key of the fourth pod');
  const moved = (await placement()).filter((pod, key) => pod !== before[key]);
  expect(new Set(moved)).toEqual(new Set(['four']));
});

it('only keys of a pod that leaves move', async () => {
  const before = await placement();
  portico.write('pods.yaml', service('web', pods.slice(1, 3)));
  await portico.until(async () => !(await placement()).includes('one'), 'the first pod to be left alone');
  const after = await placement();
  expect(after.filter((pod, key) => pod !== before[key] && before[key] !== 'one')).toEqual([]);
});

/** The pods that answer requests with one key. */
const podsOf = async (key: string): Promise<ReadonlySet<string | undefined>> => {
  const found = new Set<string | undefined>();
  for (let again = 0; again < 8; again += 1) found.add((await portico.get(HOST, key)).pod);
  return found;
};

it('requests with one key go to as many pods as are said, in turn', async () => {
  const annotations = {
    'upstream-hash-by': '$request_uri',
    'upstream-hash-by-subset': 'true',
    'upstream-hash-by-subset-size': '2',
  };
  portico.write('pods.yaml', service('web', pods));
  portico.write('web.yaml', ingress('web', { host: HOST, service: 'web', annotations }));
  const groups = async (): Promise<readonly ReadonlySet<string | undefined>[]> => {
    const found = [];
    for (const key of KEYS.slice(0, 12)) found.push(await podsOf(key));
    return found;
  };
  await portico.until(async () => (await groups()).every(({ size }) => size === 2), 'two pods of every key');
  const before = await groups();
  expect(new Set(before.flatMap((group) => [...group]))).toEqual(new Set(['one', 'two', 'three', 'four']));
  portico.write('pods.yaml', service('web', pods.slice(1)));
  await portico.until(
    async () => (await groups()).every((group) => !group.has('one')),
    'the first pod to be left alone',
  );
  const after = await groups();
  const lost = before.flatMap((group, key) =>
    [...group].filter((pod) => pod !== 'one' && after[key]?.has(pod) !== true),
  );
  expect(lost).toEqual([]);
});

it('no request is lost when a Service begins to be asked by key, and when it ends', async () => {
  const load = startLoad({ port: portico.httpPort, host: HOST });
  portico.write('web.yaml', ingress('web', { host: HOST, service: 'web' }));
  await portico.until(() => !portico.config().includes('consistent;'), 'turns');
  portico.write('web.yaml', hashed);
  await portico.until(() => !portico.config().includes('server p'), 'slots');
  const { failures } = await load.stop();
  expect(Object.fromEntries(failures)).toEqual({});
});
