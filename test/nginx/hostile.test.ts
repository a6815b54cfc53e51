import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterState } from '../../src/cluster/cluster-state.ts';
import type { PlanOptions } from '../../src/plan/options.ts';
import { plan } from '../../src/plan/plan.ts';
import type { Layout } from '../../src/protocol/layout.ts';
import { makeCertificate } from '../support/certificates.ts';
import { startEcho, type Echo } from '../support/echo-backend.ts';
import { freePort } from '../support/free-port.ts';
import { innocents, installation, stateOfObjects, tenant, type RawObject } from '../support/hostile-cluster.ts';
import { hostileFields, type HostileField } from '../support/hostile-fields.ts';
import { hostileStrings, hostileValues, namedGroups, nginxVariables } from '../support/hostile-strings.ts';
import { testOptions } from '../support/plan-options.ts';
import { ask, type ReplayPorts } from '../support/replay-client.ts';
import { objectionsTo, withLayout, withNginx } from '../support/replay-nginx.ts';
import type { ReplayRequest } from '../support/replay-requests.ts';

let pod: Echo;
let innocent: readonly RawObject[];
let ports: ReplayPorts;
let undisturbed: unknown;
let corpus: readonly unknown[];

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
  { host: 'a.wild.example', path: '/' },
];

const optionsFor = (layout: Layout): PlanOptions =>
  testOptions({ httpPort: ports.http, httpsPort: ports.https, endpoints: 'reload' }, { layout, accessLog: 'off' });

/** What differs between any two requests. */
const steady = (text: string): string =>
  text.replaceAll(/[0-9a-f]{32}/g, 'ID').replaceAll(/\b127\.0\.0\.1:\d+/g, 'ADDRESS');

const visitAll = async (): Promise<unknown> => {
  const answers = [];
  for (const visit of visits) {
    const { status, headers, body, certificate } = await ask(
      { name: visit.path, expect: { status: 0 }, ...visit },
      ports,
    );
    const { date: _, ...kept } = headers;
    answers.push({ visit, status, headers: steady(JSON.stringify(kept)), body: steady(body), certificate });
  }
  return answers;
};

const stateWith = (objects: readonly unknown[]): ClusterState =>
  stateOfObjects([...installation(), ...innocent, ...objects]);

/** What NGINX objects to, and what the innocent tenant's visitors see. */
const serve = (state: ClusterState): Promise<{ readonly objections: readonly string[]; readonly answers: unknown }> =>
  withLayout(async (layout) => {
    const planned = plan(state, optionsFor(layout));
    const objections = await objectionsTo(layout, planned, state);
    return { objections, answers: objections.length === 0 ? await withNginx(layout, visitAll) : [] };
  });

/** Every variable that a configuration of ours defines. */
const ourVariables = (): readonly string[] => {
  const text = plan(stateWith([]), testOptions()).generation.files[0]?.text ?? '';
  const defined = [...text.matchAll(/^ *(?:map|geo) (?:\S+ )?\$(\w+) \{|^ *set \$(\w+) /gm)];
  return [...new Set(defined.map(([, mapped, set]) => mapped ?? set ?? ''))];
};

const tenants = (field: HostileField): readonly RawObject[] =>
  corpus.flatMap((value, index) => tenant(`m${index}`, field.wish(value)));

beforeAll(async () => {
  pod = await startEcho({ name: 'innocent' });
  ports = { http: await freePort(), https: await freePort() };
  const certificate = await makeCertificate({ names: ['shop.example'] });
  innocent = innocents({ address: pod.address, port: pod.port, certificate });
  corpus = [...hostileStrings, ...hostileValues, ...namedGroups([...ourVariables(), ...nginxVariables])];
  undisturbed = (await serve(stateWith([]))).answers;
});
afterAll(() => pod.close());

describe('with every hostile text in this field of a tenant, neighbours are served as before:', () => {
  it.each(hostileFields)('$name', async (field) => {
    const { objections, answers } = await serve(stateWith(tenants(field)));
    expect(objections).toEqual([]);
    expect(answers).toEqual(undisturbed);
  });
});

it('the corpus has groups that are named like our variables', () => {
  for (const name of ['pt_dollar', 'best_http_host', 'pt_certificate', 'proxy_upstream_name']) {
    expect(corpus).toContain(`/(?<${name}>.*)`);
  }
});

it('the visitors of the innocent tenant get what they should', () => {
  const statuses = (undisturbed as readonly { readonly status: number }[]).map(({ status }) => status);
  expect(statuses).toEqual([200, 200, 401, 200, 401, 200, 200, 200, 200, 200]);
});
