import type { ClusterState } from '../../src/cluster/cluster-state.ts';
import { plan, type Plan } from '../../src/plan/plan.ts';
import { makeCertificate } from './certificates.ts';
import { startEcho } from './echo-backend.ts';
import { freePort } from './free-port.ts';
import { innocents, installation, stateOfObjects } from './hostile-cluster.ts';
import { testOptions } from './plan-options.ts';
import { ask, type ReplayPorts } from './replay-client.ts';
import { objectionsTo, withLayout, withNginx } from './replay-nginx.ts';
import type { ReplayRequest } from './replay-requests.ts';

const password = Buffer.from('user:secret-of-innocent').toString('base64');

/** What visitors of the innocent tenant ask, some of them hostile too. */
const visits: readonly Omit<ReplayRequest, 'name' | 'expect'>[] = [
  { host: 'shop.example', path: '/', headers: { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'gopher' } },
  { host: 'shop.example', path: '/a%0d%0aX-Injected:%201?q=$args&r=${host}', headers: { cookie: 'x=$uri' } },
  { host: 'shop.example', path: '/private' },
  { host: 'shop.example', path: '/private', headers: { authorization: `Basic ${password}` } },
  { host: 'shop.example', path: '/private', headers: { authorization: 'Basic b2Zm' } },
  { scheme: 'https', host: 'shop.example', path: '/tls' },
  { scheme: 'https', host: 'shop.example', path: '/tls', h2: true },
  { host: 'moved.example', path: '/old/a/b?c=d' },
  { host: 'moved.example', path: '/OLD/%24%7Bhost%7D' },
  { host: 'moved.example', path: '/old/%0d%0aX-Injected:%201%09$1?$1' },
  { host: 'a.wild.example', path: '/' },
  { host: 'tls.example:8080', path: '/a/%0d%0aX-Injected:%201/?$args' },
  { host: 'root.example', path: '/' },
  { host: 'root.example', path: '/%0d%0a' },
  { host: 'empty.example', path: '/${x}$' },
];

/** What each visit is answered with as long as nobody interferes. */
export const VISITED = [200, 200, 401, 200, 401, 200, 200, 200, 200, 200, 200, 308, 302, 200, 503] as const;

/** What one visitor saw, and what the pod saw of it. */
export interface Visit {
  readonly visit: object;
  readonly status: number;
  readonly headers: string;
  readonly body: string;
}

/** What differs between any two requests. */
const steady = (text: string): string =>
  text.replaceAll(/[0-9a-f]{32}/g, 'ID').replaceAll(/\b127\.0\.0\.1:\d+/g, 'ADDRESS');

const visitAll = async (ports: ReplayPorts): Promise<readonly Visit[]> => {
  const seen = [];
  for (const visit of visits) {
    const answer = await ask({ name: visit.path, expect: { status: 0 }, ...visit }, ports);
    const { date: _, ...headers } = answer.headers;
    const shown = steady(JSON.stringify([headers, answer.certificate, answer.protocol]));
    seen.push({ visit, status: answer.status, headers: shown, body: steady(answer.body) });
  }
  return seen;
};

/** What became of a state: the plan, what NGINX objects to, and what the visitors of the innocent tenant saw. */
export interface Served {
  readonly planned: Plan;
  readonly objections: readonly string[];
  readonly visits: readonly Visit[];
}

/** The innocent tenant with its pod. */
export interface Neighbours {
  /** The cluster of the innocent tenant and these objects, under these settings of the installation. */
  readonly stateWith: (objects: readonly unknown[], settings?: Readonly<Record<string, unknown>>) => ClusterState;
  /** Has NGINX test a state and, where it has no objection, serve it to the visitors. */
  readonly serve: (state: ClusterState) => Promise<Served>;
  readonly close: () => Promise<void>;
}

/** Starts the pod of the innocent tenant. */
export const startNeighbours = async (): Promise<Neighbours> => {
  const pod = await startEcho({ name: 'innocent' });
  const ports = { http: await freePort(), https: await freePort() };
  const certificate = await makeCertificate({ names: ['shop.example'] });
  const innocent = innocents({ address: pod.address, port: pod.port, certificate });
  const flags = { httpPort: ports.http, httpsPort: ports.https, endpoints: 'reload' } as const;
  return {
    stateWith: (objects, settings) => stateOfObjects([...installation(settings), ...innocent, ...objects]),
    serve: (state) =>
      withLayout(async (layout) => {
        const planned = plan(state, testOptions(flags, { layout, accessLog: 'off' }));
        const objections = await objectionsTo(layout, planned, state);
        const seen = objections.length === 0 ? await withNginx(layout, () => visitAll(ports)) : [];
        return { planned, objections, visits: seen };
      }),
    close: () => pod.close(),
  };
};
