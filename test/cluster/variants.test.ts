import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ask } from './bed/answer.ts';
import { builtImages, type Images } from './bed/images.ts';
import { ClusterNode } from './bed/node.ts';
import { NODE_ADDRESS } from './bed/place.ts';
import { Release } from './bed/release.ts';
import { echoDeployment, ingressObject } from './bed/workloads.ts';

const HOST = 'web.example';

const node = new ClusterNode();
let images: Images;
let release: Release;

/** The status of an answer, once there is a good one. */
const answersAt = async (port: number): Promise<number> => {
  const status = (): Promise<number> =>
    ask({ address: NODE_ADDRESS, port }, HOST).then(
      (answer) => answer.status,
      () => 0,
    );
  await release.until(async () => (await status()) === 200, `an answer on port ${port}`);
  return status();
};

/** Resident memory of a process in MB, as `ps` and kubelet count them. */
const residentMb = async (pid: number): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_024;
};

beforeAll(async () => {
  images = builtImages();
  await node.open();
  await node.load(Object.values(images));
  release = new Release({ node, images, name: 'portico', namespace: 'ingress' });
  await node.apply([
    ...echoDeployment(images, { name: 'echo', replicas: 1 }),
    ingressObject('web', { host: HOST, service: 'echo' }),
  ]);
  await node.kubectl(['rollout', 'status', 'deployment/echo', '--timeout=180s']);
});
afterEach(() => release.uninstall());
afterAll(() => node.close());

describe('a release', () => {
  it('starts with little memory, and with rights in one namespace only', async () => {
    await release.install({
      controller: { scope: { enabled: true, namespace: 'default' }, shutdownGracePeriodSeconds: 0 },
    });
    expect(await answersAt((await release.address()).port)).toBe(200);
    const [controller, agent] = await Promise.all([
      release.processWith('controller', /^(\S*\/)?node /).then(residentMb),
      release.processWith('nginx', /^(\S*\/)?node /).then(residentMb),
    ]);
    console.log(`resident memory: controller ${controller.toFixed(0)} MB, agent ${agent.toFixed(0)} MB`);
    expect(controller).toBeLessThanOrEqual(100);
    expect(agent).toBeLessThanOrEqual(70);
  });

  it('runs as a DaemonSet in the network of the node, on ports of its own', async () => {
    const containerPort = { http: 18080, https: 18443 };
    const service = { type: 'ClusterIP' };
    await release.install({
      controller: { kind: 'DaemonSet', hostNetwork: true, containerPort, service, shutdownGracePeriodSeconds: 0 },
    });
    expect(await answersAt(containerPort.http)).toBe(200);
  });

  it('runs in the network of the node on ports 80 and 443, without root', async () => {
    await release.install({
      controller: {
        kind: 'DaemonSet',
        hostNetwork: true,
        service: { type: 'ClusterIP' },
        shutdownGracePeriodSeconds: 0,
      },
    });
    expect(await answersAt(80)).toBe(200);
    await release.until(async () => (await release.pods()).length === 1, 'a ready Pod');
    const workers = (await release.processes('nginx')).filter(({ title }) => title.startsWith('nginx:'));
    const users = await Promise.all(workers.map(({ process: { pid } }) => readFile(`/proc/${pid}/status`, 'utf8')));
    expect(users.every((text) => /^Uid:\t101\t/m.test(text))).toBe(true);
  });
});
