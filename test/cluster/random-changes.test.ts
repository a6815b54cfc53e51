import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { locateNginx } from '../../scripts/nginx.ts';
import type { ClusterState } from '../../src/cluster/cluster-state.ts';
import { objectRef } from '../../src/values/object-ref.ts';
import { ApiWriter } from '../support/api-writer.ts';
import { makeCertificate } from '../support/certificates.ts';
import { freshPlan, freshState } from '../support/fresh-plan.ts';
import { PorticoRun } from '../support/portico-run.ts';
import { diceOf, randomChange, type RandomParts } from '../support/random-changes.ts';
import { ControlPlane } from './bed/control-plane.ts';

const ROUNDS = 5;
const WRITERS = 4;
const CHANGES_EACH = 10;
const SETTINGS = 'default/settings';

const plane = new ControlPlane();
let pods: Server;
let api: ApiWriter;
let portico: PorticoRun;
let parts: RandomParts;

beforeAll(async () => {
  process.env['NGINX_BINARY'] = await locateNginx();
  await plane.open();
  api = new ApiWriter(plane.kubeconfig);
  pods = createServer((request, response) => {
    response.setHeader('x-echo-pod', request.socket.localAddress ?? '').end('ok');
  }).listen(0, '0.0.0.0');
  await once(pods, 'listening');
  const hosts = Array.from({ length: 8 }, (_, index) => `web-${index}.test`);
  const issued = [await makeCertificate({ names: hosts }), await makeCertificate({ names: hosts.slice(0, 4) })];
  parts = { podPort: (pods.address() as AddressInfo).port, pairs: [...issued, { cert: 'none', key: 'none' }] };
  await plane.apply([
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: { name: 'nginx' },
      spec: { controller: 'k8s.io/ingress-nginx' },
    },
  ]);
  portico = await PorticoRun.follow(plane.kubeconfig, ['--configmap', SETTINGS]);
});

afterAll(async () => {
  await portico.stop();
  await api.close();
  pods.close();
  await plane.close();
});

/** Changes by several writers at once, while the API server is killed and comes back. */
const change = async (seed: number): Promise<void> => {
  const write = async (writer: number): Promise<void> => {
    const dice = diceOf(seed + writer);
    for (let count = 0; count < CHANGES_EACH; count += 1) {
      const { verb, object } = randomChange(dice, parts);
      await api.insist(() => (verb === 'put' ? api.put(object) : api.remove(object)));
    }
  };
  const restart = async (): Promise<void> => {
    await plane.kill();
    await plane.start();
  };
  await Promise.all([...Array.from({ length: WRITERS }, (_, writer) => write(writer)), restart()]);
};

/** Who may answer for a host, as the objects say it themselves; a number is a status. */
const answersOf = (state: ClusterState, index: number): readonly (string | number)[] => {
  const ingress = state.ingresses.get(objectRef('Ingress', 'default', `web-${index}`));
  if (ingress === undefined) return [404];
  const service = ingress.rules[0]?.paths[0]?.backend.service ?? '';
  if (!state.services.has(objectRef('Service', 'default', service))) return [503];
  const isAuthenticated = ingress.annotations['nginx.ingress.kubernetes.io/auth-type'] === 'basic';
  const users = ingress.annotations['nginx.ingress.kubernetes.io/auth-secret'] ?? '';
  if (isAuthenticated) return [state.secrets.has(objectRef('Secret', 'default', users)) ? 401 : 503];
  const slices = [...state.endpointSlices.values()].filter((slice) => slice.service === service);
  const addresses = slices.flatMap(({ endpoints }) => endpoints.flatMap((endpoint) => endpoint.addresses));
  return addresses.length === 0 ? [503] : addresses;
};

/** Waits until what is served is what a plan of the cluster says that knows nothing of the time before. */
const settle = async (): Promise<ClusterState> => {
  const state = await freshState(api);
  const { generation } = freshPlan(state, portico, { configmap: SETTINGS });
  const isLive = (): boolean => portico.status()?.live === generation.digest && portico.status()?.phase === 'live';
  await portico.until(isLive, `the generation ${generation.digest}`);
  for (let index = 0; index < 8; index += 1) {
    const expected = answersOf(state, index);
    const fits = async (): Promise<boolean> => {
      const { pod, status } = await portico.get(`web-${index}.test`);
      return expected.includes(pod ?? status);
    };
    await portico.until(fits, `web-${index}.test to answer ${expected.join(' or ')}`);
  }
  return state;
};

test('200 random changes by several writers, the API server killed among them, are served as a fresh plan says', async () => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
  console.log(`seed ${seed}`);
  for (let round = 0; round < ROUNDS; round += 1) {
    await change(seed * 100 + round * 10);
    const { ingresses, services, endpointSlices, secrets } = await settle();
    const sizes = [ingresses, services, endpointSlices, secrets].map(({ size }) => size);
    console.log(`round ${round}: ${sizes.join('/')} Ingresses/Services/slices/Secrets`);
    expect(portico.status()?.phase).toBe('live');
  }
});
