import { describe, expect, test } from 'vitest';
import { stateOfObjects } from '../../test/support/hostile-cluster.ts';
import { testOptions } from '../../test/support/plan-options.ts';

import type { NameAnswer } from '../protocol/messages.ts';
import { plan } from './plan.ts';
import { runtimeTable } from './runtime-table.ts';

/** Objects of the API, for a host of that name, a Service and its pods. */
const cluster = (addresses: readonly string[], name = 'web', annotations: object = {}): readonly object[] => [
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, annotations },
    spec: {
      rules: [
        {
          host: `${name}.example`,
          http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name, port: { number: 80 } } } }] },
        },
      ],
    },
  },
  { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { ports: [{ port: 80 }] } },
  {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${name}-1`, labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    ports: [{ port: 8080 }],
    endpoints: [{ addresses }],
  },
];

const namesOf = (objects: readonly object[]): Readonly<Record<string, NameAnswer>> => {
  const state = stateOfObjects(objects);
  return runtimeTable(state, plan(state, testOptions()).model).names;
};

test('what is no IP address never reaches the endpoint table, where it would cost its neighbours their answers', () => {
  const [answer] = Object.values(
    namesOf(
      cluster(['10.0.0.2', 'evil.example', '10.0.0.1', '', '10.0.0.1;', 'fe80::1%eth0', '2001:db8::1', '10.0.0.300']),
    ),
  );
  expect(answer).toEqual({ ipv4: ['10.0.0.1', '10.0.0.2'], ipv6: ['2001:db8::1'] });
});

describe('what one Service says does not crowd out others', () => {
  const pods = (count: number): readonly string[] =>
    Array.from({ length: count }, (_, index) => `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`);
  const countsOf = (objects: readonly object[]): readonly number[] =>
    Object.values(namesOf(objects)).map((answer) =>
      'external' in answer ? 0 : answer.ipv4.length + answer.ipv6.length,
    );
  const crowd = (count: number): readonly object[] =>
    Array.from({ length: count }, (_, index) => cluster(pods(5_000), `crowd${index}`)).flat();

  test('because of more addresses than an answer holds, which the agent would not read at all', () => {
    expect(countsOf(cluster(pods(120_000)))).toEqual([4_000]);
  });

  test('and slots are chosen among no more than these', () => {
    const byKey = cluster(pods(120_000), 'web', { 'nginx.ingress.kubernetes.io/upstream-hash-by': '$request_uri' });
    expect(Object.values(countsOf(byKey)).reduce((sum, count) => sum + count, 0)).toBe(128);
  });

  test('because of room: whoever needs less than an equal share gets all of it, and all together fit', () => {
    const counts = countsOf([...crowd(20), ...cluster(pods(30)), ...cluster(pods(700), 'large')]);
    expect(counts.toSorted((a, b) => a - b).slice(0, 3)).toEqual([30, 700, 782]);
    expect(new Set(counts)).toEqual(new Set([30, 700, 782]));
    expect(counts.reduce((sum, count) => sum + count)).toBeLessThan((16 * 1024 ** 2) / 1024);
  });

  test('and where there is room, nobody is cut', () => {
    expect(countsOf(crowd(4))).toEqual([4_000, 4_000, 4_000, 4_000]);
  });
});
