import { connect } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeCertificate } from '../support/certificates.ts';
import { startEcho, type Echo } from '../support/echo-backend.ts';
import { ingress, service } from '../support/manifests.ts';
import { PorticoRun } from '../support/portico-run.ts';

const HOST = 'safe.example';
const FAKE = 'Kubernetes Ingress Controller Fake Certificate';
let pods: Echo[] = [];
let portico: PorticoRun;

/** Common name and serial number of the certificate that a TLS client is shown. */
const shown = (servername: string): Promise<{ readonly name: string; readonly serial: string }> =>
  new Promise((resolve, reject) => {
    const socket = connect(
      { host: '127.0.0.1', port: portico.httpsPort, servername, rejectUnauthorized: false },
      () => {
        const { subject, serialNumber } = socket.getPeerCertificate();
        socket.end();
        resolve({ name: String(subject.CN), serial: serialNumber });
      },
    );
    socket.once('error', reject);
  });

const secret = (name: string, { cert, key }: { readonly cert: string; readonly key: string }): string => `---
apiVersion: v1
kind: Secret
metadata: { name: ${name}, namespace: default }
type: kubernetes.io/tls
stringData: ${JSON.stringify({ 'tls.crt': cert, 'tls.key': key })}
`;

const withTls = (name: string, host: string, secretName: string): string =>
  `${ingress(name, { host, service: 'web' })}  tls: [{ hosts: [${JSON.stringify(host)}], secretName: ${secretName} }]\n`;

const reloads = (): number => portico.log().match(/generation is live/g)?.length ?? 0;
const shows = (servername: string, name: string): Promise<void> =>
  portico.until(async () => (await shown(servername)).name === name, `${servername} to show ${name}`);

beforeAll(async () => {
  pods = [await startEcho({ name: 'pod' })];
  const [first, wild] = [
    await makeCertificate({ names: [HOST], commonName: 'first' }),
    await makeCertificate({ names: ['*.wild.example'], commonName: 'wild' }),
  ];
  portico = await PorticoRun.start({
    'web.yaml': service('web', pods) + withTls('safe', HOST, 'safe') + withTls('wild', '*.wild.example', 'wild'),
    'safe.yaml': secret('safe', first),
    'wild.yaml': secret('wild', wild),
  });
});
afterAll(async () => {
  await portico.stop();
  await Promise.all(pods.map((pod) => pod.close()));
});

it('shows each host its certificate, one label of a wildcard its own, and everybody else the default one', async () => {
  await shows(HOST, 'first');
  await shows(HOST.toUpperCase(), 'first');
  await shows('a.wild.example', 'wild');
  await shows('a.b.wild.example', FAKE);
  await shows('nobody.example', FAKE);
});

it('follows a rotated Secret without a reload, keeps the last certificate of a broken one, and falls back for a deleted one', async () => {
  const before = reloads();
  portico.write('safe.yaml', secret('safe', await makeCertificate({ names: [HOST], commonName: 'second' })));
  await shows(HOST, 'second');
  expect(reloads()).toBe(before);

  portico.write('safe.yaml', secret('safe', { cert: 'no certificate', key: 'no key' }));
  await portico.until(() => portico.log().includes('InvalidSecret'), 'the report');
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect((await shown(HOST)).name).toBe('second');
  expect(portico.log()).not.toContain('no key');

  portico.remove('safe.yaml');
  await shows(HOST, FAKE);
  expect((await portico.get(HOST)).status).toBe(308);
});
