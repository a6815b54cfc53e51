import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { plan, type Plan } from '../../src/plan/plan.ts';
import { makeCertificate } from '../support/certificates.ts';
import {
  innocents,
  installation,
  prefixed,
  stateOfObjects,
  tenant,
  type RawObject,
} from '../support/hostile-cluster.ts';
import { sideEffects, unsound } from '../support/hostile-laws.ts';
import { hostileStrings, hostileValues } from '../support/hostile-strings.ts';
import { configText } from '../support/hostile-tree.ts';
import { testOptions } from '../support/plan-options.ts';

const options = testOptions({
  tcpServicesConfigmap: 'ingress-nginx/tcp',
  udpServicesConfigmap: 'ingress-nginx/udp',
  enableSslPassthrough: true,
});

let innocent: readonly RawObject[];

beforeAll(async () => {
  const certificate = await makeCertificate({ names: ['shop.example'] });
  innocent = innocents({ address: '10.0.0.1', port: 8080, certificate });
});

type Entries = Readonly<Record<string, unknown>>;

const planOf = (objects: readonly unknown[], entries: Entries = {}): Plan => {
  const ports = (name: string, data: Entries): RawObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace: 'ingress-nginx', name },
    data,
  });
  const configured = [ports('tcp', { ...entries, '9009': 'innocent/web:http' }), ports('udp', entries)];
  return plan(stateOfObjects([...installation(), ...innocent, ...configured, ...objects]), options);
};

const halves = (planned: Plan): readonly string[] => configText(planned).split('\nstream {');
const httpOf = (planned: Plan): string => halves(planned)[0] ?? '';
const streamOf = (planned: Plan): string => halves(planned)[1] ?? '';

/** The server of the entry that nobody attacks. */
const INNOCENT =
  / {4}# from ConfigMap\/ingress-nginx\/tcp 9009\n {4}server \{\n {8}listen 9009;\n {8}proxy_pass u[0-9a-f]+;\n {4}\}\n/;

/** What entries of the ConfigMaps did besides opening ports that lead to the innocent Service. */
const harmOf = (planned: Plan): readonly string[] => [
  ...unsound(planned),
  ...(httpOf(planned) === httpOf(planOf([])) ? [] : ['http has changed']),
  ...(INNOCENT.test(streamOf(planned)) ? [] : ['the server of the innocent entry']),
  ...planned.model.streams.map(({ backend }) => backend.service).filter((ref) => ref !== 'Service/innocent/web'),
];

/** Where a ConfigMap of ports has text: a key, a value, and the parts of a value. */
const places: readonly (readonly [string, (text: unknown, port: number) => Entries])[] = [
  ['a key', (text) => ({ [String(text)]: 'innocent/web:http' })],
  ['a value', (text, port) => ({ [port]: text })],
  ['a namespace', (text, port) => ({ [port]: `${String(text)}/web:http` })],
  ['a Service', (text, port) => ({ [port]: `innocent/${String(text)}:http` })],
  ['a port', (text, port) => ({ [port]: `innocent/web:${String(text)}` })],
  ['a word behind it', (text, port) => ({ [port]: `innocent/web:http:${String(text)}` })],
];

const FIRST_PORT = 20_000;

describe('in the ConfigMaps of TCP and UDP services, whatever stands as', () => {
  test.each(places)('%s opens nothing else', (_place, entry) => {
    const texts = [...hostileStrings, ...hostileValues];
    const entries = texts.map((text, index) => entry(text, FIRST_PORT + index));
    expect(harmOf(planOf([], Object.assign({}, ...entries) as Entries))).toEqual([]);
  });

  test('anything opens nothing else', () => {
    const syntax = fc.string({ unit: fc.constantFrom(...'"\'\\${};#/: \n19a-PROXY'.split('')), maxLength: 40 });
    fc.assert(
      fc.property(fc.dictionary(syntax, syntax, { noNullPrototype: true }), (entries) => {
        expect(harmOf(planOf([], entries))).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});

describe('a host that is passed through', () => {
  const passing = prefixed({ 'ssl-passthrough': 'true' });

  test('may be called anything and leads nobody else astray', () => {
    const asked = hostileStrings.flatMap((host, index) =>
      tenant(`m${index}`, { host, path: '/', annotations: passing }),
    );
    const hostile = planOf(asked);
    expect(unsound(hostile)).toEqual([]);
    expect(sideEffects(planOf(tenant('m0')), hostile)).toEqual([]);
    expect(streamOf(hostile)).toMatch(INNOCENT);
  });

  test('is nobody whose host belongs to an older Ingress', () => {
    const stolen = planOf(tenant('m0', { host: 'shop.example', path: '/', annotations: passing }));
    expect(stolen.model.sites.filter(({ passthrough }) => passthrough !== undefined)).toEqual([]);
  });
});
