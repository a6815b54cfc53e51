import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLoad } from '../support/load.ts';
import { ask, receivedHeader } from './bed/answer.ts';
import { builtImages, type Images } from './bed/images.ts';
import { ClusterNode } from './bed/node.ts';
import { Release } from './bed/release.ts';
import { echoDeployment, ingressObject } from './bed/workloads.ts';

const HOST = 'shop.example';
const NAMESPACE = 'ingress';

const node = new ClusterNode();
let images: Images;
let release: Release;

/** What every object is called that belongs to the release, in the namespace and outside. */
const belongings = async (): Promise<readonly string[]> => {
  const kinds =
    'deployments,daemonsets,replicasets,pods,services,endpointslices,configmaps,serviceaccounts,roles,rolebindings,' +
    'clusterroles,clusterrolebindings,ingressclasses,secrets,poddisruptionbudgets,leases';
  const text = await node.kubectl(['get', kinds, '--all-namespaces', '--output=name', '--ignore-not-found']);
  return text.split('\n').filter((name) => /portico|ingress|nginx/.test(name));
};

const eventsOf = async (name: string): Promise<string> =>
  node.kubectl([
    'get',
    'events',
    `--field-selector=involvedObject.name=${name}`,
    '--output=jsonpath={.items[*].message}',
  ]);

const answers = async (host: string, path = '/'): Promise<number> =>
  (await ask(await release.address(), host, path)).status;

const rollout = async (): Promise<string> => node.kubectl(['rollout', 'status', 'deployment/echo', '--timeout=180s']);

beforeAll(async () => {
  images = builtImages();
  await node.open();
  await node.load(Object.values(images));
  release = new Release({ node, images, name: 'portico', namespace: NAMESPACE });
  await node.apply(echoDeployment(images, { name: 'echo', replicas: 1 }));
  await release.install({ controller: { shutdownGracePeriodSeconds: 2 } });
  await rollout();
});
afterAll(() => node.close());

describe('an installed release', () => {
  it('rewrites for an echo Deployment, as seen through the node port', async () => {
    await node.apply([
      ingressObject('shop', {
        host: HOST,
        service: 'echo',
        path: '/app(/|$)(.*)',
        pathType: 'ImplementationSpecific',
        annotations: { 'rewrite-target': '/$2', 'use-regex': 'true' },
      }),
    ]);
    await release.until(async () => (await answers(HOST, '/app/cart')) === 200, 'an answer');
    const echoed = (await ask(await release.address(), HOST, '/app/cart?n=1')).echoed();
    expect(echoed.url).toBe('/cart?n=1');
    expect(receivedHeader(echoed, 'X-Forwarded-Port')).toBe('80');
    expect(receivedHeader(echoed, 'X-Forwarded-Host')).toBe(HOST);
  });

  it('shows who asked for what in `kubectl exec … nginx -T`, without arguments', async () => {
    const text = await release.exec(['nginx', '-T']);
    expect(text).toContain('# from Ingress/default/shop');
    expect(text).toContain('# from Service/default/echo');
    expect(text).toContain('server_name "shop.example";');
  });

  it('keeps the token out of the container that meets traffic, and writes nothing outside its folders', async () => {
    await expect(release.exec(['ls', '/var/run/secrets/kubernetes.io'])).rejects.toThrow('No such file or directory');
    await expect(release.exec(['sh', '-c', 'echo x > /run/portico/desired/x'])).rejects.toThrow(
      'Read-only file system',
    );
    await expect(release.exec(['sh', '-c', 'echo x > /etc/x'])).rejects.toThrow(/Read-only file system/);
  });

  it('tells a broken Ingress by an Event, and lets it harm nobody', async () => {
    await node.apply([
      ingressObject('broken', {
        host: 'broken.example',
        service: 'echo',
        annotations: { 'whitelist-source-range': 'not a network;}' },
      }),
      ingressObject('after', { host: 'after.example', service: 'echo' }),
    ]);
    await release.until(async () => (await answers('after.example')) === 200, 'the Ingress after the broken one');
    expect(await answers('broken.example')).toBe(503);
    expect(await answers(HOST, '/app/x')).toBe(200);
    await release.until(async () => (await eventsOf('broken')).includes('whitelist-source-range'), 'an Event');
  });

  it('follows scaling and a rolling update of a backend under load, without a reload and without a failed request', async () => {
    const before = await release.running();
    const load = startLoad({ ...(await release.address()), host: 'after.example' });
    await node.kubectl(['scale', 'deployment/echo', '--replicas=3']);
    await rollout();
    await node.apply(echoDeployment(images, { name: 'echo', replicas: 2, version: 'two' }));
    await rollout();
    const podNames = async (): Promise<number> =>
      (await node.kubectl(['get', 'pods', '--selector=app=echo', '--output=name'])).split('\n').length;
    await release.until(async () => (await podNames()) === 2, 'the end of the old Pods');
    const { answers: byPod, failures } = await load.stop();
    expect(Object.fromEntries(failures)).toEqual({});
    expect(new Set([...byPod.keys()].map((name) => name.split('/')[0]))).toEqual(new Set(['one', 'two']));
    expect((await ask(await release.address(), 'after.example')).echoed().name).toMatch(/^two\//);
    expect(await release.running()).toEqual(before);
  });

  it('takes a setting by helm upgrade', async () => {
    await release.upgrade({ controller: { shutdownGracePeriodSeconds: 2, config: { 'proxy-read-timeout': '17' } } });
    await release.until(
      async () => (await release.exec(['nginx', '-T'])).includes('proxy_read_timeout 17s;'),
      'the setting',
    );
    expect(await answers('after.example')).toBe(200);
  });

  it('leaves nothing behind when it is uninstalled', async () => {
    expect(await belongings()).not.toEqual([]);
    await release.uninstall();
    await release.until(async () => (await belongings()).length === 0, 'the end of everything');
    expect(await belongings()).toEqual([]);
  });
});
