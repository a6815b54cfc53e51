import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { objectRef } from '../../src/values/object-ref.ts';
import { ApiWriter, type ApiObject } from '../support/api-writer.ts';
import { FollowedCluster } from '../support/followed-cluster.ts';
import { ControlPlane } from './bed/control-plane.ts';
import { bedFolder } from './bed/place.ts';

const account = { name: 'portico', namespace: 'default' };
const rbac = 'rbac.authorization.k8s.io';

const rule = (apiGroup: string, ...resources: readonly string[]) => ({
  apiGroups: [apiGroup],
  resources,
  verbs: ['list', 'watch'],
});

const role = (name: string, ...rules: readonly object[]): readonly ApiObject[] => [
  { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { name }, rules },
  {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name },
    subjects: [{ kind: 'ServiceAccount', ...account }],
  },
];

const ofNamespaces = role(
  'objects',
  rule('', 'services', 'configmaps'),
  rule('discovery.k8s.io', 'endpointslices'),
  rule('networking.k8s.io', 'ingresses'),
);
const ofSecrets = role('secrets', rule('', 'secrets'));
const ofClasses = role('classes', rule('networking.k8s.io', 'ingressclasses'));

const web: ApiObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    ingressClassName: 'nginx',
    tls: [{ secretName: 'tls' }],
    defaultBackend: { service: { name: 'web', port: { number: 80 } } },
  },
};
const ingressClass: ApiObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IngressClass',
  metadata: { name: 'nginx' },
  spec: { controller: 'k8s.io/ingress-nginx' },
};
const secret = (name: string): ApiObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: 'default' },
  stringData: { key: name },
});
const webRef = objectRef('Ingress', 'default', 'web');

const plane = new ControlPlane();
const kubeconfig = join(bedFolder, 'portico.kubeconfig');
let writer: ApiWriter;
let followed: FollowedCluster;

/** A token that is good as long as that Secret exists. */
const writeToken = async (boundTo: string): Promise<void> => {
  await writer.put(secret(boundTo));
  const bound = ['--bound-object-kind=Secret', `--bound-object-name=${boundTo}`];
  await plane.writeKubeconfig(kubeconfig, await plane.kubectl(['create', 'token', account.name, ...bound]));
};

beforeAll(async () => {
  await plane.open();
  writer = new ApiWriter(plane.kubeconfig);
  const serviceAccount = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: account };
  await plane.apply([serviceAccount, ...ofNamespaces]);
  await writer.putAll([web, ingressClass, secret('tls'), secret('other')]);
  await writeToken('first');
});

afterEach(() => followed.close());

afterAll(async () => {
  await writer.close();
  await plane.close();
});

test('there is no snapshot before everything may be read, classes excepted', async () => {
  followed = new FollowedCluster(kubeconfig);
  await followed.asked(({ path }) => path === '/api/v1/secrets', 3);
  expect(followed.source.latest()).toBeUndefined();
  await plane.apply(ofSecrets);
  const { ingresses, secrets } = await followed.until(() => true);
  expect(ingresses.get(webRef)).not.toHaveProperty('className');
  expect([...secrets.keys()]).toEqual(['Secret/default/tls']);
  await plane.apply(ofClasses);
  await followed.until((state) => state.ingresses.get(webRef)?.className === 'nginx');
});

test('classes are never missed while an API server starts that has not read its roles yet', async () => {
  for (let round = 0; round < 3; round += 1) {
    await plane.kill();
    followed = new FollowedCluster(kubeconfig);
    await plane.start();
    await followed.until(() => true);
    expect(followed.snapshots.map(({ ingresses }) => ingresses.get(webRef)?.className)).toEqual(['nginx']);
    console.log(`answers while it started: ${[...new Set(followed.statuses)].join(' ')}`);
    if (round < 2) await followed.close();
  }
});

test('a token that is good no more is replaced by the one in its file', async () => {
  followed = new FollowedCluster(kubeconfig);
  await followed.until(() => true);
  await writer.remove(secret('first'));
  // The API server remembers a good token for some seconds.
  const whoAmI = (): Promise<string> => plane.kubectl(['auth', 'whoami', `--kubeconfig=${kubeconfig}`]);
  await expect.poll(() => whoAmI().catch(String), { timeout: 30_000 }).toContain('Unauthorized');
  followed.sever();
  followed.mend();
  await followed.asked(() => followed.statuses.includes(401), 1);
  await writer.put({ ...web, metadata: { ...web.metadata, annotations: { seen: 'again' } } });
  await writeToken('second');
  await followed.until(({ ingresses }) => ingresses.get(webRef)?.annotations['seen'] === 'again');
});
