import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { locateNginx } from '../../scripts/nginx.ts';
import { ApiWriter, type ApiObject } from '../support/api-writer.ts';
import { PorticoRun } from '../support/portico-run.ts';
import { ControlPlane } from './bed/control-plane.ts';

interface ClusterEvent {
  readonly metadata: { readonly name: string };
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  readonly series?: { readonly count: number };
  readonly involvedObject: { readonly kind: string; readonly name: string; readonly uid: string };
}

const PREFIX = 'nginx.ingress.kubernetes.io';
const PASSWORD = 'hunter2-in-a-secret';

const plane = new ControlPlane();
let api: ApiWriter;
const replicas: PorticoRun[] = [];

const ingress = (name: string, annotations: Readonly<Record<string, unknown>>): ApiObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: {
    name,
    namespace: 'default',
    annotations: Object.fromEntries(Object.entries(annotations).map(([key, value]) => [`${PREFIX}/${key}`, value])),
  },
  spec: {
    ingressClassName: 'nginx',
    rules: [
      {
        host: `${name}.test`,
        http: {
          paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'app', port: { number: 80 } } } }],
        },
      },
    ],
  },
});

beforeAll(async () => {
  process.env['NGINX_BINARY'] = await locateNginx();
  await plane.open();
  api = new ApiWriter(plane.kubeconfig);
  await api.putAll([
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: { name: 'nginx' },
      spec: { controller: 'k8s.io/ingress-nginx' },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'app', namespace: 'default' },
      spec: { ports: [{ port: 80 }] },
    },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', namespace: 'default' },
      data: { 'allow-snippet-annotations': 'true', 'annotations-risk-level': 'Critical' },
    },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'users', namespace: 'default' },
      stringData: { password: PASSWORD },
    },
  ]);
  const flags = ['--configmap', 'default/settings'];
  replicas.push(await PorticoRun.follow(plane.kubeconfig, flags), await PorticoRun.follow(plane.kubeconfig, flags));
});

afterAll(async () => {
  for (const replica of replicas) await replica.stop();
  await api.close();
  await plane.close();
});

const eventsOf = async (name: string): Promise<readonly ClusterEvent[]> => {
  const events = (await api.list('/api/v1/namespaces/default/events')) as unknown as readonly ClusterEvent[];
  return events.filter(({ involvedObject }) => involvedObject.name === name);
};

/** Reason and count of all Events of an Ingress. */
const toldOf = async (name: string): Promise<readonly string[]> =>
  (await eventsOf(name)).map(({ type, reason, count }) => `${type} ${reason} ${count}`).toSorted();

const shows = async (name: string, expected: readonly string[]): Promise<void> => {
  await expect.poll(() => toldOf(name), { timeout: 30_000 }).toEqual(expected);
};

test('what is ignored is told on the object, by two replicas under one name', async () => {
  await api.put(ingress('slow', { 'proxy-read-timeout': 'soon' }));
  await shows('slow', ['Warning InvalidAnnotation 2']);
  const [event] = await eventsOf('slow');
  expect(event?.message).toContain('using 60 (default)');
  expect(event?.series?.count).toBe(2);
  const { metadata } = JSON.parse(await plane.kubectl(['get', 'ingress', 'slow', '--output=json'])) as ApiObject;
  expect(event?.involvedObject).toMatchObject({ kind: 'Ingress', uid: metadata['uid'] });
});

test('an object that is set aside is told so, and when it is live again', async () => {
  await api.put(ingress('odd', { 'configuration-snippet': 'proxy_read_timeout banana;' }));
  await shows('odd', ['Warning ConfigRejected 2']);
  await api.put(ingress('odd', { 'configuration-snippet': null }));
  await shows('odd', ['Normal Accepted 2', 'Warning ConfigRejected 2']);
});

test('what comes back is counted up', async () => {
  await api.put(ingress('slow', { 'proxy-read-timeout': '30' }));
  await shows('slow', ['Normal Accepted 2', 'Warning InvalidAnnotation 2']);
  await api.put(ingress('slow', { 'proxy-read-timeout': 'soon' }));
  await shows('slow', ['Normal Accepted 2', 'Warning InvalidAnnotation 4']);
});

test('a controller that starts again repeats nothing', async () => {
  const before = await toldOf('slow');
  for (const replica of replicas) {
    const pid = await replica.childPid('controller');
    process.kill(pid, 'SIGKILL');
    await replica.until(
      async () => (await replica.childPid('controller').catch(() => pid)) !== pid,
      'a new controller',
    );
  }
  // It says something new once it is at work, and only then can it have repeated something old.
  await api.put(ingress('late', { 'proxy-read-timeout': 'later' }));
  await expect.poll(() => toldOf('late'), { timeout: 30_000 }).toHaveLength(1);
  await setTimeout(1500);
  expect(await toldOf('slow')).toEqual(before);
});

test('nothing of a Secret is told', async () => {
  await api.put(ingress('locked', { 'auth-type': 'basic', 'auth-secret': 'users' }));
  await expect.poll(async () => (await toldOf('locked')).length, { timeout: 30_000 }).toBeGreaterThan(0);
  expect(JSON.stringify(await api.list('/api/v1/namespaces/default/events'))).not.toContain(PASSWORD);
});
