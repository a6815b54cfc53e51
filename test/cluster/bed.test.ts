import { createServer } from 'node:http';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readProcess } from '../../src/agent/processes.ts';
import { HELLO } from './bed/hello.ts';
import { ClusterNode } from './bed/node.ts';
import { bedFolder, NODE_ADDRESS } from './bed/place.ts';
import { buildProgramImage } from './bed/program-image.ts';

const node = new ClusterNode();
beforeAll(() => node.open());
afterAll(() => node.close());

describe('the API server', () => {
  it('keeps what it was told while it was away', async () => {
    await node.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kept' } }]);
    await node.kill();
    expect(await node.isReady()).toBe(false);
    await node.start();
    expect(await node.kubectl(['get', 'namespace', 'kept', '--output=name'])).toBe('namespace/kept');
  });

  it('knows a ServiceAccount by its token, and what it may not do', async () => {
    await node.apply([{ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'guest', namespace: 'default' } }]);
    const bearer = `--token=${await node.kubectl(['create', 'token', 'guest'])}`;
    const name = await node.kubectl(['auth', 'whoami', '--output=jsonpath={.status.userInfo.username}', bearer]);
    expect(name).toBe('system:serviceaccount:default:guest');
    await expect(node.kubectl(['get', 'secrets', bearer])).rejects.toThrow('forbidden');
  });

  it('takes endpoints that a server of this machine stands in for', async () => {
    const server = createServer((_, answer) => answer.end('stand-in')).listen(0);
    await once(server, 'listening');
    const { port } = server.address() as { readonly port: number };
    await node.apply([
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name: 'stand-in', namespace: 'default' },
        addressType: 'IPv4',
        endpoints: [{ addresses: ['10.245.3.7'] }],
        ports: [{ port }],
      },
    ]);
    expect(await textOf(`10.245.3.7:${port}`)).toBe('stand-in');
    server.close();
  });
});

describe('the node', () => {
  const labels = { app: 'hello' };
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'hello', namespace: 'default' },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            { name: 'hello', image: HELLO.name, readinessProbe: { httpGet: { port: 8080 }, periodSeconds: 1 } },
          ],
        },
      },
    },
  };
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'hello', namespace: 'default' },
    spec: { type: 'NodePort', selector: labels, ports: [{ port: 80, targetPort: 8080, nodePort: 30_080 }] },
  };
  let pod = '';

  beforeAll(async () => {
    await buildProgramImage(HELLO);
    await node.load([HELLO.name]);
    await node.apply([deployment, service]);
    await node.kubectl(['rollout', 'status', 'deployment/hello', '--timeout=180s']);
    pod = await ofPod('.metadata.name');
  });

  it('runs a Pod that answers at its own address', async () => {
    expect(await textOf(`${await ofPod('.status.podIP')}:8080`)).toBe(pod);
  });

  it('leads to it from a port of its own and from the address of a Service', async () => {
    const address = await node.kubectl(['get', 'service', 'hello', '--output=jsonpath={.spec.clusterIP}']);
    await expect.poll(() => textOf(`${NODE_ADDRESS}:30080`), PATIENTLY).toBe(pod);
    await expect.poll(() => textOf(address), PATIENTLY).toBe(pod);
  });

  it('starts a container again that was killed', async () => {
    const { pid } = await node.container('default', pod, 'hello');
    process.kill(pid, 'SIGKILL');
    const restarts = '.status.containerStatuses[*].restartCount';
    await expect.poll(() => ofPod(restarts), PATIENTLY).toBe('1');
    await expect.poll(() => textOf(`${NODE_ADDRESS}:30080`), PATIENTLY).toBe(pod);
  });
});

it('leaves nothing of a bed behind, for the next one to begin with no data', async () => {
  const { pid } = await node.container('default', await ofPod('.metadata.name'), 'hello');
  await node.close();
  expect(existsSync(bedFolder)).toBe(false);
  expect(await readProcess(pid)).toBeUndefined();
  await node.open();
  await expect(node.kubectl(['get', 'namespace', 'kept'])).rejects.toThrow('not found');
});

const ofPod = (path: string): Promise<string> =>
  node.kubectl(['get', 'pods', '--selector=app=hello', `--output=jsonpath={.items[*]${path}}`]);

/** Nothing tells a test when kubelet and kube-proxy have got there. */
const PATIENTLY = { timeout: 120_000, interval: 50 };

const textOf = async (address: string): Promise<string> => {
  const answer = await fetch(`http://${address}/`, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
  return (await answer?.text()) ?? '';
};
