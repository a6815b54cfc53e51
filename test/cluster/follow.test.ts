import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { objectRef } from '../../src/values/object-ref.ts';
import { ApiWriter, type ApiObject } from '../support/api-writer.ts';
import { FollowedCluster } from '../support/followed-cluster.ts';
import { ControlPlane } from './bed/control-plane.ts';

const KINDS = ['configmaps', 'endpointslices', 'ingressclasses', 'ingresses', 'secrets', 'services'];
const SERVICES = 1_100;

const service = (name: string, note = ''): ApiObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'default', annotations: { note } },
  spec: { clusterIP: 'None', ports: [{ port: 80 }] },
});
const ref = (name: string) => objectRef('Service', 'default', name);

const plane = new ControlPlane();
let writer: ApiWriter;
let followed: FollowedCluster;

beforeAll(async () => {
  await plane.open();
  writer = new ApiWriter(plane.kubeconfig);
  await writer.putAll(Array.from({ length: SERVICES }, (_, index) => service(`many-${index}`)));
});

afterEach(() => followed.close());

afterAll(async () => {
  await writer.close();
  await plane.close();
});

const follow = async (): Promise<void> => {
  followed = new FollowedCluster(plane.kubeconfig);
  await followed.until(() => true);
};

test('more objects than fit a page are all in the first snapshot', async () => {
  await follow();
  expect(followed.snapshots[0]?.services.size).toBeGreaterThanOrEqual(SERVICES);
  expect(followed.pages().filter((kind) => kind === 'services')).toHaveLength(3);
});

test('what is created, changed and deleted is seen', async () => {
  await follow();
  await writer.put(service('seen'));
  await followed.until(({ services }) => services.has(ref('seen')));
  await writer.put(service('seen', 'changed'));
  await followed.until(({ services }) => services.get(ref('seen'))?.annotations['note'] === 'changed');
  await writer.remove(service('seen'));
  await followed.until(({ services }) => !services.has(ref('seen')));
  expect(followed.pages().toSorted()).toEqual([...KINDS, 'services', 'services']);
});

test('a broken connection costs no listing and no change', async () => {
  await follow();
  const asked = followed.requests.length;
  followed.sever();
  await writer.put(service('during'));
  await writer.remove(service('many-7'));
  followed.mend();
  await followed.until(({ services }) => services.has(ref('during')) && !services.has(ref('many-7')));
  expect(followed.pages(asked)).toEqual([]);
});

test('an API server that was killed costs one listing of a kind at most, and no change', async () => {
  await follow();
  const asked = followed.requests.length;
  for (const round of ['first', 'second']) {
    await writer.put(service(`before-${round}`));
    await plane.kill();
    await plane.start();
    await writer.put(service(`after-${round}`));
    await writer.remove(service(round === 'first' ? 'many-8' : 'many-9'));
    await followed.until(({ services }) => services.has(ref(`before-${round}`)) && services.has(ref(`after-${round}`)));
  }
  const state = await followed.until(({ services }) => !services.has(ref('many-8')) && !services.has(ref('many-9')));
  const lists = followed.pages(asked);
  console.log(`listed again after two kills: ${lists.join(' ') || 'nothing'}`);
  for (const kind of KINDS) {
    const pages = kind === 'services' ? 3 : 1;
    expect(lists.filter((one) => one === kind).length).toBeLessThanOrEqual(2 * pages);
  }
  expect(state.services.size).toBe((await writer.list('/api/v1/services')).length);
});

test('a version that was compacted away meanwhile leads to one new listing', async () => {
  await follow();
  const asked = followed.requests.length;
  followed.sever();
  await writer.put(service('forgotten'));
  await writer.remove(service('many-10'));
  await plane.kill();
  await plane.compact();
  await plane.start();
  followed.mend();
  await followed.until(({ services }) => services.has(ref('forgotten')) && !services.has(ref('many-10')));
  expect(followed.interruptions).toContain('expired');
  expect(followed.pages(asked).filter((kind) => kind === 'services')).toHaveLength(3);
});
