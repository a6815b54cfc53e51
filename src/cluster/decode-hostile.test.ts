import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatProblem } from '../problems/problem.ts';
import { decodeObject, type Decoded } from './decode.ts';

const object = (apiVersion: string, kind: string, rest: object = {}) => ({
  apiVersion,
  kind,
  metadata: { name: 'x' },
  ...rest,
});

const resourceOf = (decoded: Decoded) => (decoded.outcome === 'object' ? decoded.object.resource : undefined);

/** What holds for every outcome: a refusal says why, and each problem can be printed on one line. */
const isSound = (decoded: Decoded): boolean => {
  if (decoded.outcome === 'ignored') return true;
  const lines = decoded.problems.map(formatProblem);
  return lines.every((line) => !line.includes('\n')) && (decoded.outcome === 'object' || lines.length > 0);
};

const metadata = {
  name: 'x',
  namespace: 'shop',
  creationTimestamp: '2024-01-01T00:00:00Z',
  annotations: { a: 'b' },
  labels: { 'kubernetes.io/service-name': 'x' },
};
const path = { path: '/', pathType: 'Exact', backend: { service: { name: 'x', port: { number: 80, name: 'http' } } } };
const legacyPath = { path: '/', backend: { serviceName: 'x', servicePort: 80 } };
const ports = [{ name: 'http', port: 80, targetPort: 'web', protocol: 'TCP' }];
const tls = [{ hosts: ['a.example'], secretName: 'x' }];

/** Every field that decoding reads, at least once. */
const complete: readonly object[] = [
  object('networking.k8s.io/v1', 'Ingress', {
    metadata,
    spec: {
      ingressClassName: 'nginx',
      defaultBackend: path.backend,
      tls,
      rules: [{ host: 'a', http: { paths: [path] } }],
    },
  }),
  object('extensions/v1beta1', 'Ingress', {
    spec: { backend: legacyPath.backend, rules: [{ http: { paths: [legacyPath] } }] },
  }),
  object('networking.k8s.io/v1', 'IngressClass', { spec: { controller: 'x' } }),
  object('v1', 'Service', { spec: { type: 'ClusterIP', clusterIP: 'None', externalName: 'x', ports } }),
  object('discovery.k8s.io/v1', 'EndpointSlice', {
    metadata,
    addressType: 'IPv4',
    ports,
    endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: true, serving: true, terminating: false } }],
  }),
  object('v1', 'Endpoints', {
    subsets: [{ addresses: [{ ip: '10.0.0.1' }], notReadyAddresses: [{ ip: '::1' }], ports }],
  }),
  object('v1', 'Secret', { type: 'Opaque', data: { 'tls.crt': 'eA==', 'tls.key': 'eA==' }, stringData: { a: 'x' } }),
  object('v1', 'ConfigMap', { data: { a: 'b' } }),
];

const pathsOf = (value: unknown): readonly (readonly string[])[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => [[key], ...pathsOf(inner).map((rest) => [key, ...rest])])
    : [];

const replaced = (value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown => {
  if (key === undefined) return by;
  const copy = structuredClone(value) as Record<string, unknown>;
  copy[key] = replaced(copy[key], rest, by);
  return copy;
};

const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) as unknown;

describe('hostile input', () => {
  const wrongs = [
    null,
    true,
    5,
    Number.NaN,
    10 ** 400,
    '',
    '\ud800',
    'a\nb',
    'x'.repeat(100_000),
    [],
    [[]],
    {},
    [null],
    deep,
  ];

  it.each(complete.flatMap((value) => pathsOf(value).map((at) => [at.join('.'), value, at] as const)))(
    'is decoded or refused with a reason where %s of %o is wrong',
    (...[, value, at]) => {
      expect(wrongs.filter((wrong) => !isSound(decodeObject(replaced(value, at, wrong))))).toEqual([]);
    },
  );

  it('never makes decodeObject throw', () => {
    const place = fc.constantFrom(...complete.flatMap((value) => pathsOf(value).map((at) => ({ value, at }))));
    const anything = fc.oneof(fc.anything(), fc.jsonValue(), fc.string({ unit: 'binary' }));
    const property = fc.property(place, anything, ({ value, at }, wrong) =>
      isSound(decodeObject(replaced(value, at, wrong))),
    );
    expect(fc.check(property, { numRuns: 1000 })).toMatchObject({ failed: false });
    expect(fc.check(fc.property(fc.anything(), (value) => isSound(decodeObject(value))))).toMatchObject({
      failed: false,
    });
  });

  it('does not follow a circle', () => {
    const circle: Record<string, unknown> = { host: 'a.example' };
    circle['http'] = { paths: [circle] };
    const decoded = decodeObject(object('networking.k8s.io/v1', 'Ingress', { spec: { rules: [circle, circle] } }));
    expect(resourceOf(decoded)).toMatchObject({ rules: [{ paths: [{ path: '' }] }, {}] });
  });

  it('does not mistake what every JavaScript object has for a field', () => {
    const decoded = decodeObject(
      JSON.parse('{"apiVersion":"v1","kind":"Service","metadata":{"name":"x"},"__proto__":{"spec":5}}') as unknown,
    );
    expect(decoded).toMatchObject({ problems: [] });
    expect(resourceOf(decoded)).toMatchObject({ ports: [] });
  });
});
