import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startEcho, type Echo } from '../support/echo-backend.ts';
import { ingress, service } from '../support/manifests.ts';
import { PorticoRun } from '../support/portico-run.ts';

const QUIC_VERSION_1 = 1;
let pods: Echo[] = [];
let portico: PorticoRun;

const settings = (data: Readonly<Record<string, string>>): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'portico', namespace: 'default' }, data });

type Offer = readonly number[] | 'refused' | 'silence';

const isVersion1 = (found: Offer): boolean => Array.isArray(found) && found.includes(QUIC_VERSION_1);

/** What a server offers to a client of an unknown version of QUIC (RFC 9000, 6). */
const offer = async (port: number): Promise<Offer> => {
  const client = createSocket('udp4');
  client.connect(port, '127.0.0.1');
  await once(client, 'connect');
  const id = Buffer.alloc(8, 7);
  const unknown = Buffer.from([0xc0, 0x1a, 0x2a, 0x3a, 0x4a, id.length, ...id, id.length, ...id]);
  try {
    client.send(Buffer.concat([unknown, Buffer.alloc(1_200 - unknown.length)]));
    const [answer] = (await once(client, 'message', { signal: AbortSignal.timeout(2_000) })) as [Buffer];
    const list = answer.subarray(7 + 2 * id.length);
    return Array.from({ length: list.length / 4 }, (_, index) => list.readUInt32BE(4 * index));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if ('code' in error && error.code === 'ECONNREFUSED') return 'refused';
    if (error.name === 'AbortError') return 'silence';
    throw error;
  } finally {
    client.close();
  }
};

beforeAll(async () => {
  pods = [await startEcho({ name: 'pod' })];
  const manifests = {
    'web.yaml': service('web', pods) + ingress('shop', { host: 'shop.example', service: 'web' }),
    'settings.json': settings({}),
  };
  portico = await PorticoRun.start(manifests, ['--configmap', 'default/portico']);
});
afterAll(async () => {
  await portico.stop();
  await Promise.all(pods.map((pod) => pod.close()));
});

it('is spoken on UDP while the ConfigMap says so, and at no other time', async () => {
  const { httpsPort } = portico;
  expect(await offer(httpsPort)).toBe('refused');
  portico.write('settings.json', settings({ 'enable-http3': 'true' }));
  await portico.until(async () => isVersion1(await offer(httpsPort)), 'QUIC');
  portico.write('settings.json', settings({ 'enable-http3': 'false' }));
  // While an old worker ends it holds its socket, and reads nothing from it.
  await portico.until(async () => (await offer(httpsPort)) === 'refused', 'the port to close');
});
