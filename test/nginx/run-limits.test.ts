import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { startEcho, type Echo } from '../support/echo-backend.ts';
import { ingress, service } from '../support/manifests.ts';
import { PorticoRun } from '../support/portico-run.ts';

const HOST = 'web.example';
let pod: Echo;
let portico: PorticoRun;

const limited = (annotations: Readonly<Record<string, string>>): string =>
  ingress('web', { host: HOST, service: 'web', annotations });

const settings = (data: Readonly<Record<string, string>>): string => `---
apiVersion: v1
kind: ConfigMap
metadata: { name: portico, namespace: default }
data: ${JSON.stringify(data)}
`;

beforeAll(async () => void (pod = await startEcho({ name: 'pod' })));
afterAll(() => pod.close());

beforeEach(async () => {
  const manifests = { 'pods.yaml': service('web', [pod]), 'web.yaml': limited({ 'limit-connections': '1' }) };
  portico = await PorticoRun.start(manifests, ['--configmap', 'default/portico']);
});
afterEach(() => portico.stop());

it('a client gets as many answers at a time as it may', async () => {
  const slow = await Promise.all([1, 2].map(() => portico.get(HOST, '/?delay=500')));
  expect(slow.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 503]);
  expect((await portico.get(HOST)).status).toBe(200);
});

it('limits and what they count may change under NGINX, which refuses another key for a zone that it has', async () => {
  portico.write('web.yaml', limited({ 'limit-connections': '2', 'limit-rps': '100' }));
  await portico.live('rate=100r/s');
  portico.write('settings.yaml', settings({ 'limit-conn-zone-variable': '$http_x_user' }));
  await portico.live('limit_req_zone "${http_x_user}"');
  portico.write('web.yaml', limited({ 'limit-rps': '100', 'limit-allowlist': '127.0.0.0/8' }));
  await portico.live('geo $remote_addr');
  expect((await portico.get(HOST)).status).toBe(200);
  expect(portico.log()).not.toContain('ConfigRejected');
});
