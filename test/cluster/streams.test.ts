import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificate } from '../support/certificates.ts';
import { startEcho } from '../support/echo-backend.ts';
import { ask } from './bed/answer.ts';
import { builtImages } from './bed/images.ts';
import { ClusterNode } from './bed/node.ts';
import { Release } from './bed/release.ts';
import { echoDeployment, ingressObject } from './bed/workloads.ts';

const TCP = 9009;
const UDP = 9053;

const node = new ClusterNode();
let release: Release;

/** What an attempt gives; absent where the network had no answer. */
const unlessRefused = <T>(attempt: Promise<T>): Promise<T | undefined> => attempt.catch(() => undefined);

/** The Pod that answers a request at the TCP port. */
const podOfTcp = async (): Promise<string | undefined> => {
  const where = await release.address(`${TCP}-tcp`);
  return unlessRefused(ask(where, 'any.example').then((answer) => answer.echoed().name));
};

/** The Pod that answers a datagram at the UDP port. */
const podOfUdp = async (): Promise<string | undefined> => {
  const { address, port } = await release.address(`${UDP}-udp`);
  const client = createSocket('udp4');
  const answered = once(client, 'message', { signal: AbortSignal.timeout(5_000) });
  client.send('hello', port, address);
  const answer = await unlessRefused(answered);
  client.close();
  return (answer?.[0] as Buffer | undefined)?.toString().replace(/ hello$/, '');
};

const transports = [
  { transport: 'TCP', pod: podOfTcp },
  { transport: 'UDP', pod: podOfUdp },
];

/** Asks until every one of these Pods, and lately no other, has answered. */
const answeredBy = async (pod: () => Promise<string | undefined>, expected: readonly string[]): Promise<void> => {
  const lately: (string | undefined)[] = [];
  await release.until(
    async () => {
      lately.push(await pod());
      const seen = new Set(lately.slice(-8));
      return lately.length >= 8 && seen.size === expected.length && expected.every((name) => seen.has(name));
    },
    `answers of ${expected.join(' and ')} only`,
  );
};

/** As they name themselves, without those that end. */
const podsOf = async (name: string): Promise<readonly string[]> => {
  const text = await node.kubectl(['get', 'pods', `--selector=app=${name}`, '--output=json']);
  const { items } = JSON.parse(text) as { readonly items: readonly { readonly metadata: PodMetadata }[] };
  return items.flatMap(({ metadata }) => (metadata.deletionTimestamp === undefined ? [`one/${metadata.name}`] : []));
};

interface PodMetadata {
  readonly name: string;
  readonly deletionTimestamp?: string;
}

const scale = async (replicas: number): Promise<readonly string[]> => {
  await node.kubectl(['scale', 'deployment/echo', `--replicas=${replicas}`]);
  await node.kubectl(['rollout', 'status', 'deployment/echo', '--timeout=180s']);
  await release.until(async () => (await podsOf('echo')).length === replicas, `${replicas} Pods`);
  return podsOf('echo');
};

const servicesAt = (name: string): { readonly tcp: Record<number, string>; readonly udp: Record<number, string> } => ({
  tcp: { [TCP]: `default/${name}:80` },
  udp: { [UDP]: `default/${name}:80` },
});

const controller = { shutdownGracePeriodSeconds: 0, extraArgs: { 'enable-ssl-passthrough': '' } };

beforeAll(async () => {
  const images = builtImages();
  await node.open();
  await node.load(Object.values(images));
  release = new Release({ node, images, name: 'portico', namespace: 'ingress' });
  await node.apply(['echo', 'other'].flatMap((name) => echoDeployment(images, { name, replicas: 1 })));
  await release.install({ ...servicesAt('echo'), controller });
  for (const name of ['echo', 'other'])
    await node.kubectl(['rollout', 'status', `deployment/${name}`, '--timeout=180s']);
});
afterAll(() => node.close());

describe('a port of TCP or UDP services', () => {
  it.each(transports)('of $transport leads from the node port to the Pod and back', async ({ pod }) => {
    await answeredBy(pod, await podsOf('echo'));
    expect([await pod()]).toEqual(await podsOf('echo'));
  });

  it('follows scaling without a reload', async () => {
    const before = await release.running();
    for (const replicas of [3, 1]) {
      const expected = await scale(replicas);
      for (const { pod } of transports) await answeredBy(pod, expected);
    }
    expect(await release.running()).toEqual(before);
  });

  it('is moved to another Service by an edit of its ConfigMap, in the same Pod of the release', async () => {
    const before = await release.pod();
    await release.upgrade({ ...servicesAt('other'), controller });
    for (const { pod } of transports) await answeredBy(pod, await podsOf('other'));
    expect(await release.pod()).toBe(before);
  });
});

describe('ssl-passthrough', () => {
  it('hands connections from the HTTPS node port to the backend, which shows its own certificate', async () => {
    const host = 'passed.example';
    const address = '10.245.0.7';
    const tls = await makeCertificate({ names: [host], commonName: 'the backend' });
    const backend = await startEcho({ name: 'tls', protocol: 'https', address, tls });
    await node.apply([
      ...standInService('tls', { address, port: backend.port }),
      ingressObject('passed', { host, service: 'tls', annotations: { 'ssl-passthrough': 'true' } }),
    ]);
    const { address: nodeAddress, port } = await release.address('https');
    const shownTo = async (servername: string): Promise<string | undefined> => {
      const socket = connect({ host: nodeAddress, port, servername, rejectUnauthorized: false });
      const secured = once(socket, 'secureConnect').then(() => socket.getPeerX509Certificate()?.subject);
      return unlessRefused(secured).finally(() => socket.destroy());
    };
    await release.until(async () => (await shownTo(host)) === 'CN=the backend', 'the certificate of the backend');
    expect(await shownTo('another.example')).toContain('CN=Kubernetes Ingress Controller Fake Certificate');
    await backend.close();
  });
});

/** A Service whose only Pod is an address of this machine. */
const standInService = (name: string, { address, port }: { readonly address: string; readonly port: number }) => [
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'default' },
    spec: { ports: [{ name: 'http', port: 443 }] },
  },
  {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${name}-1`, namespace: 'default', labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    ports: [{ name: 'http', port }],
    endpoints: [{ addresses: [address] }],
  },
];
