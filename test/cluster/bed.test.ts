import { afterAll, beforeAll, expect, it } from 'vitest';
import { ClusterNode } from './bed/node.ts';

const node = new ClusterNode();
beforeAll(() => node.open());
afterAll(() => node.close());

it('has a node on which Pods can run', async () => {
  expect(await node.kubectl(['get', 'nodes', '--output=name'])).toBe('node/node1');
});

it('keeps what it was told while the API server is away', async () => {
  await node.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kept' } }]);
  await node.kill();
  expect(await node.isReady()).toBe(false);
  await node.start();
  expect(await node.kubectl(['get', 'namespace', 'kept', '--output=name'])).toBe('namespace/kept');
});
