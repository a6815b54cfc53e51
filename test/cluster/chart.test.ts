import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { ControlPlane } from './bed/control-plane.ts';
import { tool } from './bed/place.ts';

const CHART = fileURLToPath(new URL('../../charts/portico', import.meta.url));
const GOLDEN = fileURLToPath(new URL('../golden/chart', import.meta.url));
const cases = readdirSync(GOLDEN);

interface Rendered {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: { readonly selector?: object; readonly template?: PodTemplate };
}

interface PodTemplate {
  readonly metadata: object;
  readonly spec: object;
}

const helm = async (...args: readonly string[]): Promise<string> =>
  (await execa(tool('helm'), args, { stdin: 'ignore' })).stdout;

const render = (release: string, ...args: readonly string[]): Promise<string> =>
  helm('template', release, CHART, '--namespace=edge', '--kube-version=1.36.3', ...args);

const renderCase = (name: string): Promise<string> => render('web', `--values=${GOLDEN}/${name}/values.yaml`);

const objectsIn = (text: string): readonly Rendered[] =>
  parseAllDocuments(text).map((document): Rendered => document.toJS());

/** Kinds that operators bring, which a bare API server does not know. */
const isForeign = ({ apiVersion }: Rendered): boolean => /^(keda\.sh|monitoring\.coreos\.com)\//.test(apiVersion);

const cluster = new ControlPlane();
beforeAll(async () => {
  await cluster.open();
  const namespaces = ['edge', 'edge-system', 'errors', 'shop', 'strict'];
  const enforce = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  await cluster.apply([
    ...namespaces.map((name) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, ...(name === 'strict' ? { labels: enforce } : {}) },
    })),
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'web-portico', namespace: 'strict' } },
  ]);
});
afterAll(() => cluster.close());

test('the chart passes helm lint', async () => {
  expect(await helm('lint', '--strict', CHART)).toContain('0 chart(s) failed');
});

describe.each(cases)('%s', (name) => {
  test('renders what is kept beside the values', async () => {
    await expect(`${await renderCase(name)}\n`).toMatchFileSnapshot(`${GOLDEN}/${name}/expected.yaml`);
  });

  test('is accepted by a real API server, field by field', async () => {
    const items = objectsIn(await renderCase(name)).filter((one) => !isForeign(one));
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    const printed = await cluster.kubectl(
      ['apply', '--dry-run=server', '--validate=strict', '--output=name', '--filename=-'],
      { input },
    );
    expect(printed.split('\n')).toHaveLength(items.length);
  });
});

/** Makes a Pod of the template of a case, without keeping it, where Pod Security is "restricted". */
const createStrictly = async (name: string): Promise<string> => {
  const template = objectsIn(await renderCase(name)).find((one) => one.spec?.template)?.spec?.template;
  const pod = { apiVersion: 'v1', kind: 'Pod', ...template, metadata: { name: 'one', namespace: 'strict' } };
  return cluster.kubectl(['create', '--dry-run=server', '--filename=-'], { input: JSON.stringify(pod) });
};

describe('where Pod Security is restricted', () => {
  test('the Pod is admitted', async () => {
    expect(await createStrictly('defaults')).toBe('pod/one created (server dry run)');
  });

  test('only the host network stands against a Pod on high ports of the node', async () => {
    await expect(createStrictly('host-network-high-ports')).rejects.toThrow(
      /violates PodSecurity "restricted:latest": host namespaces \(hostNetwork=true\), hostPort \([^)]*\)\s*$/,
    );
  });
});

describe('a release of ingress-nginx that is taken over', () => {
  test.each([
    { release: 'ingress-nginx', fullname: 'ingress-nginx' },
    { release: 'my-ingress-nginx-2', fullname: 'my-ingress-nginx-2' },
    { release: 'web', fullname: 'web-ingress-nginx' },
  ])('keeps the names that $release has', async ({ release, fullname }) => {
    const objects = objectsIn(await render(release, '--set=nameOverride=ingress-nginx'));
    expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      `ServiceAccount ${fullname}`,
      `ConfigMap ${fullname}-controller`,
      `ClusterRole ${fullname}`,
      `ClusterRoleBinding ${fullname}`,
      `Service ${fullname}-controller`,
      `Deployment ${fullname}-controller`,
      'IngressClass nginx',
    ]);
  });

  test('keeps its selectors, which cannot be changed', async () => {
    const labels = {
      'app.kubernetes.io/name': 'ingress-nginx',
      'app.kubernetes.io/instance': 'web',
      'app.kubernetes.io/component': 'controller',
    };
    const objects = objectsIn(await render('web', '--set=nameOverride=ingress-nginx'));
    const selectors = objects.flatMap(({ spec }) => (spec?.selector === undefined ? [] : [spec.selector]));
    expect(selectors).toEqual([labels, { matchLabels: labels }]);
  });

  test('is told which of its values have no effect', async () => {
    const values = `--values=${GOLDEN}/migration/values.yaml`;
    const kubeconfig = `--kubeconfig=${cluster.kubeconfig}`;
    const printed = await helm('install', 'web', CHART, kubeconfig, '--namespace=edge', '--dry-run=server', values);
    const [, unused = ''] = printed.split('These values were given and are not used:');
    const names = unused
      .trim()
      .split('\n')
      .map((line) => /^\s*(.*?): /.exec(line)?.[1]);
    expect(names).toEqual([
      'controller.admissionWebhooks.enabled',
      'controller.electionID',
      'controller.opentelemetry.enabled',
      'defaultBackend.enabled',
      'image ingress-nginx/controller:v1.15.1',
    ]);
  });
});

describe('a value that must not be ignored stops the installation', () => {
  test.each([
    { set: 'controller.scope.enabled=true,controller.scope.namespaceSelector=team=a', says: 'exclude each other' },
    {
      set: 'controller.scope.enabled=true,controller.extraArgs.watch-namespace-selector=a',
      says: 'exclude each other',
    },
    { set: 'controller.customTemplate.configMapName=own', says: 'a template of ingress-nginx cannot be used' },
    { set: 'tcp.http=shop/web:80', says: "'http' does not match pattern" },
    { set: 'portNamePrefix=Edge', says: "'Edge' does not match pattern" },
    { set: 'rbac.scope=true', says: 'rbac.scope=true needs controller.scope.enabled=true' },
    { set: 'controller.kind=Both', says: "value must be one of 'Deployment', 'DaemonSet'" },
    { set: 'controller.replicaCount=many', says: "'many' does not match pattern" },
    { set: 'controlPlane.replicas=2', says: "additional properties 'replicas' not allowed" },
  ])('$set', async ({ set, says }) => {
    await expect(render('web', `--set=${set}`)).rejects.toThrow(says);
  });
});
