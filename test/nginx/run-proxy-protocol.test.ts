import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startEcho, type Echo } from '../support/echo-backend.ts';
import { ingress, service } from '../support/manifests.ts';
import { PorticoRun } from '../support/portico-run.ts';

const HOST = 'shop.example';
const LINE = 'PROXY TCP4 198.51.100.7 203.0.113.1 40000 80\r\n';
const CLOSED = 'closed without an answer';
let pods: Echo[] = [];
let portico: PorticoRun;

const settings = (data: Readonly<Record<string, string>>): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'portico', namespace: 'default' }, data });

/** The address that the pod was told, the status where no pod was asked, or that nobody answered. */
const told = async (line: string, header = ''): Promise<string> => {
  const socket = connect({ host: '127.0.0.1', port: portico.httpPort });
  socket.write(`${line}GET / HTTP/1.1\r\nHost: ${HOST}\r\n${header}Connection: close\r\n\r\n`);
  const answer = await text(socket).catch(() => '');
  return /"X-Real-IP","([^"]+)"/i.exec(answer)?.[1] ?? /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? CLOSED;
};

const isTold = (expected: string, ...said: Parameters<typeof told>): Promise<void> =>
  portico.until(async () => (await told(...said)) === expected, `the pod to be told ${expected}`);

beforeAll(async () => {
  pods = [await startEcho({ name: 'pod' })];
  const manifests = {
    'web.yaml': service('web', pods) + ingress('shop', { host: HOST, service: 'web' }),
    'settings.json': settings({}),
  };
  portico = await PorticoRun.start(manifests, ['--configmap', 'default/portico']);
});
afterAll(async () => {
  await portico.stop();
  await Promise.all(pods.map((pod) => pod.close()));
});

it('begins and ends at a reload: a client without the line, or with one that nobody expects, gets no pod', async () => {
  const trusted = { 'proxy-real-ip-cidr': '127.0.0.0/8,198.51.100.0/24' };
  await isTold('127.0.0.1', '');
  expect(await told(LINE)).toBe('400');

  portico.write('settings.json', settings({ ...trusted, 'use-proxy-protocol': 'true' }));
  await isTold('198.51.100.7', LINE);
  expect(await told('')).toBe(CLOSED);
  expect(await told(LINE, 'X-Forwarded-For: 192.0.2.99\r\n')).toBe('198.51.100.7');

  portico.write(
    'settings.json',
    settings({ ...trusted, 'use-proxy-protocol': 'true', 'use-forwarded-headers': 'true' }),
  );
  await isTold('192.0.2.99', LINE, 'X-Forwarded-For: 192.0.2.99\r\n');
  expect(await told('')).toBe(CLOSED);
  expect(await told(LINE)).toBe('198.51.100.7');

  portico.write('settings.json', settings({}));
  await isTold('127.0.0.1', '');
  expect(await told(LINE)).toBe('400');
});
