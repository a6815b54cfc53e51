import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { titleOf } from '../../src/agent/processes.ts';
import { startLoad, wasInHandAt, type Load } from '../support/load.ts';
import { ask } from './bed/answer.ts';
import { builtImages, type Images } from './bed/images.ts';
import { ClusterNode } from './bed/node.ts';
import { Release } from './bed/release.ts';
import { echoDeployment, ingressObject } from './bed/workloads.ts';

const HOST = 'web.example';
const CLIENTS = 4;

const node = new ClusterNode();
let images: Images;
let release: Release;
let edits = 0;

const load = async (): Promise<Load> => startLoad({ ...(await release.address()), host: HOST });
const failuresOf = async (running: Load): Promise<Record<string, number>> =>
  Object.fromEntries((await running.stop()).failures);

const answersWith = async (host: string): Promise<number> =>
  ask(await release.address(), host).then(
    ({ status }) => status,
    () => 0,
  );

/** Shows that everything from the API server to NGINX works: a new Ingress is served. */
const followsEdits = async (): Promise<void> => {
  edits += 1;
  const host = `edit-${edits}.example`;
  await node.apply([ingressObject(`edit-${edits}`, { host, service: 'echo' })]);
  await release.until(async () => (await answersWith(host)) === 200, 'the newest Ingress');
};

interface Place {
  readonly address: string;
  readonly port: number;
}

const answersAt = (where: Place): Promise<boolean> =>
  ask(where, HOST).then(
    ({ status }) => status === 200,
    () => false,
  );

/** When requests get an answer somewhere. */
const answeredAt = async (where: Place): Promise<number> => {
  await release.until(() => answersAt(where), `an answer of ${where.address}:${where.port}`);
  return performance.now();
};

/** A container and the address of its Pod. */
const containerIn = async (namespace: string, pod: string, name: string) => {
  const path = '--output=jsonpath={.status.podIP}';
  const address = await node.kubectl(['get', 'pod', pod, `--namespace=${namespace}`, path]);
  return { address, pid: (await node.container(namespace, pod, name)).pid };
};

const isGone = async (pid: number): Promise<void> =>
  release.until(async () => (await titleOf(pid)) === '', `the end of process ${pid}`);

const NODE = /^(\S*\/)?node /;
const values = { controller: {} };

beforeAll(async () => {
  images = builtImages();
  await node.open();
  await node.load(Object.values(images));
  release = new Release({ node, images, name: 'portico', namespace: 'ingress' });
  await node.apply([
    ...echoDeployment(images, { name: 'echo', replicas: 2 }),
    ingressObject('web', { host: HOST, service: 'echo' }),
    ...echoDeployment(images, { name: 'plain', replicas: 1 }),
  ]);
  for (const name of ['echo', 'plain'])
    await node.kubectl(['rollout', 'status', `deployment/${name}`, '--timeout=180s']);
  await release.install(values);
});
afterAll(() => node.close());

beforeEach(async () => {
  await release.renew();
  await release.until(async () => (await answersWith(HOST)) === 200, 'an answer of the fresh Pod');
  // The load comes from one address and soon uses its ports again, for which the kernel remembers the Pod of before.
  const { port } = await release.address();
  await execa('conntrack', ['--delete', '--proto=tcp', `--dport=${port}`], { reject: false });
});

describe('under load inside the cluster, without retries of the client', () => {
  it('a killed API server costs no request, and edits are followed when it is back', async () => {
    const running = await load();
    await node.kill();
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    await node.start();
    await followsEdits();
    expect(await failuresOf(running)).toEqual({});
  });

  it('a killed controller costs no request, and the next one follows edits', async () => {
    const running = await load();
    const killed = await release.processWith('controller', NODE);
    process.kill(killed, 'SIGKILL');
    await isGone(killed);
    await followsEdits();
    expect(await release.processWith('controller', NODE)).not.toBe(killed);
    expect(await failuresOf(running)).toEqual({});
  });

  it('a killed agent costs no request, leaves the Pod ready, and the next one publishes', async () => {
    const running = await load();
    const killed = await release.processWith('nginx', NODE);
    process.kill(killed, 'SIGKILL');
    await isGone(killed);
    await followsEdits();
    expect(await release.pods()).toHaveLength(1);
    expect(await failuresOf(running)).toEqual({});
  });

  // What was on the connections of a worker when it was killed is lost with it, whoever wrote the rest, and so is what a
  // client sends on a kept one before it has heard of its end: only these may fail.
  it('a killed NGINX worker costs no request that had not reached it', async () => {
    const running = await load();
    const killed = await release.processWith('nginx', /^nginx: worker process/);
    process.kill(killed, 'SIGKILL');
    await isGone(killed);
    const goneAt = performance.now();
    await followsEdits();
    const { failed } = await running.stop();
    console.log(`an NGINX worker killed: ${failed.length} requests lost in its hands`);
    expect(failed.filter((one) => !wasInHandAt(goneAt, one))).toEqual([]);
    expect(failed.length).toBeLessThanOrEqual(CLIENTS);
  });

  // On a machine that has other things to do, a plain Node that kubelet starts again says how long 2 s are.
  it('a killed NGINX container is back within 2 s with the last good configuration', async () => {
    const running = await load();
    const nginx = await containerIn('ingress', await release.pod(), 'nginx');
    const plainPod = await node.kubectl([
      'get',
      'pods',
      '--selector=app=plain',
      '--output=jsonpath={.items[*].metadata.name}',
    ]);
    const plain = await containerIn('default', plainPod, 'echo');
    const killedAt = performance.now();
    for (const { pid } of [nginx, plain]) process.kill(pid, 'SIGKILL');
    await Promise.all([nginx, plain].map(({ pid }) => isGone(pid)));
    const [backAt, plainAt, clientsAt] = await Promise.all([
      answeredAt({ address: nginx.address, port: 80 }),
      answeredAt({ address: plain.address, port: 8080 }),
      answeredAt(await release.address()),
    ]);
    await followsEdits();
    const seconds = (at: number): string => ((at - killedAt) / 1_000).toFixed(2);
    console.log(
      `the NGINX container killed: back after ${seconds(backAt)} s, a plain Node after ${seconds(plainAt)} s, ` +
        `for clients of the Service after ${seconds(clientsAt)} s; failed meanwhile ${JSON.stringify(await failuresOf(running))}`,
    );
    expect(backAt - killedAt).toBeLessThan(Math.max(2_000, 1.5 * (plainAt - killedAt)));
  });

  it('a deleted Pod of two costs no request', async () => {
    await release.upgrade({ controller: { ...values.controller, replicaCount: 2 } });
    await release.until(async () => (await release.pods()).length === 2, 'two Pods');
    const running = await load();
    const [first = ''] = await release.pods();
    await release.kubectl(['delete', 'pod', first, '--wait=true']);
    await release.until(async () => (await release.pods()).length === 2, 'two Pods again');
    expect(await failuresOf(running)).toEqual({});
  });
});
