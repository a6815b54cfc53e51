import { describe, expect, test } from 'vitest';
import { cpuMs, limitCpu } from '../support/cpu-time.ts';
import { parseYaml } from '../../src/manifests/yaml.ts';
import { parseClusterRegex } from '../../src/nginx/cluster-regex.ts';
import { plan, type Plan } from '../../src/plan/plan.ts';
import type { Problem } from '../../src/problems/problem.ts';
import { objectRef } from '../../src/values/object-ref.ts';
import { installation, prefixed, stateOfObjects, tenant, type RawObject } from '../support/hostile-cluster.ts';
import { configText } from '../support/hostile-tree.ts';
import { testOptions } from '../support/plan-options.ts';

const MIB = 1024 ** 2;
const backend = { service: { name: 'web', port: { number: 80 } } };
const times = <T>(count: number, make: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, i) => make(i));

const ingress = (
  name: string,
  rules: readonly RawObject[],
  annotations: Readonly<Record<string, unknown>> = {},
): RawObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { namespace: 'm', name, annotations: prefixed(annotations) },
  spec: { ingressClassName: 'nginx', rules },
});

const rule = (host: string, paths: readonly string[]): RawObject => ({
  host,
  http: { paths: paths.map((path) => ({ path, pathType: 'Prefix', backend })) },
});

const service = tenant('m').filter((object) => object['kind'] === 'Service');

const planOf = (objects: readonly unknown[], problems: readonly Problem[] = []): Plan =>
  plan({ ...stateOfObjects([...installation(), ...service, ...objects]), problems }, testOptions());

const received = ({ problems }: Plan, code: string): number =>
  problems.filter((problem) => problem.code === code).length;

/** On a busy machine a test waits; what it may cost is limited in processor time. */
const timeout = 120_000;

/** Each is done in about a second on a slow machine; what grows with the square of the input took minutes. */
describe('the cost of a plan is bounded', { timeout }, () => {
  limitCpu(20_000);

  test('10,000 Ingresses with a host each', () => {
    const hosts = times(10_000, (index) => ingress(`i${index}`, [rule(`h${index}.example`, ['/'])]));
    expect(planOf(hosts).model.sites).toHaveLength(10_001);
  });

  test('10,000 Ingresses on one host', () => {
    const paths = times(10_000, (index) => ingress(`i${index}`, [rule('h.example', [`/p${index}`])]));
    expect(planOf(paths).problems).toEqual([]);
  });

  test('50 further names of a host with 1,000 paths', () => {
    const paths = times(1_000, (index) => `/p${index}`);
    const aliases = times(50, (index) => `x${index}.example`).join(',');
    const planned = planOf([ingress('web', [rule('h.example', paths)], { 'server-alias': aliases })]);
    expect(planned.model.sites).toHaveLength(1 + 1 + 5);
    expect(received(planned, 'LimitExceeded')).toBe(45);
  });

  test('30,000 paths on one host', () => {
    const paths = times(30, (index) =>
      ingress(`i${index}`, [
        rule(
          'h.example',
          times(1_000, (path) => `/${index}/${path}`),
        ),
      ]),
    );
    expect(planOf(paths).problems).toEqual([]);
  });

  test('30,000 paths that an older Ingress has', () => {
    const paths = times(30, (index) =>
      ingress(`i${index}`, [
        rule(
          'h.example',
          times(1_000, (path) => `/${path}`),
        ),
      ]),
    );
    expect(received(planOf(paths), 'HostPathConflict')).toBe(29_000);
  });

  test('10,000 paths in one Ingress: 1,000 are served', () => {
    const planned = planOf([
      ingress('i', [
        rule(
          'h.example',
          times(10_000, (index) => `/p${index}`),
        ),
      ]),
    ]);
    expect(received(planned, 'LimitExceeded')).toBe(1);
    expect(configText(planned).match(/location = "\/p/g)).toHaveLength(1_000);
  });

  test('2,000 hosts in one Ingress: 500 are served', () => {
    const planned = planOf([
      ingress(
        'i',
        times(2_000, (index) => rule(`h${index}.example`, ['/'])),
      ),
    ]);
    expect(received(planned, 'LimitExceeded')).toBe(1);
    expect(configText(planned).match(/server_name "h/g)).toHaveLength(500);
  });

  test('20,000 bad paths before and after 1,000 good ones', () => {
    const bad = times(10_000, (index) => `no path ${index}`);
    const planned = planOf([
      ingress('i', [rule('h.example', [...bad, ...times(1_000, (index) => `/p${index}`), ...bad])]),
    ]);
    expect(received(planned, 'LimitExceeded')).toBe(1);
  });

  test('256 KiB of unknown annotations', () => {
    const annotations = Object.fromEntries(times(8_700, (index) => [`x${index}`, '']));
    expect(received(planOf([ingress('i', [rule('h.example', ['/'])], annotations)]), 'UnknownAnnotation')).toBe(21);
  });

  test('256 KiB of addresses for 1,000 paths', () => {
    const addresses = times(20_000, (index) => `10.${(index >> 8) % 256}.${index % 256}.1`).join(',');
    const paths = times(1_000, (index) => `/p${index}`);
    const planned = planOf([ingress('i', [rule('h.example', paths)], { 'allowlist-source-range': addresses })]);
    expect(configText(planned).length).toBeLessThan(2 * MIB);
    expect(received(planned, 'InvalidSecurityAnnotation')).toBe(1);
  });

  test('200,000 problems of objects that cannot be read', () => {
    const problems = times(200_000, (index): Problem => ({
      code: 'InvalidManifest',
      subject: objectRef('File', '', `f${index}`),
      field: [],
      expected: 'YAML',
      consequence: 'ignoring it',
    }));
    expect(planOf([], problems).problems.length).toBe(200_000);
  });
});

describe('the cost of reading is bounded', { timeout }, () => {
  limitCpu(5_000);

  const deep = 200_000;
  test.each([
    ['lists', '['.repeat(deep)],
    ['closed lists', '['.repeat(deep) + ']'.repeat(deep)],
    ['maps', '{a: '.repeat(deep)],
    ['maps of JSON', '{"a":'.repeat(deep) + '1' + '}'.repeat(deep)],
    ['indented maps', times(2_000, (index) => `${' '.repeat(index)}a:`).join('\n')],
    ['dashes', '- '.repeat(deep)],
    [
      'aliases',
      `a: &a [x,x]\n${times(60, (index) => `b${index}: &b${index} [*${index === 0 ? 'a' : `b${index - 1}`},*a]`).join('\n')}`,
    ],
    ['a long word', 'a'.repeat(4 * MIB)],
    ['keys', times(50_000, (index) => `k${index}: 1`).join('\n')],
  ])('YAML of deep or many %s', (_, text) => {
    expect(() => parseYaml(text)).not.toThrow();
  });

  test.each(['(', '(a', '[', '[[:', '[a-', '(?:', '(?=', '\\', 'a{1,2}', '(a|', '(a)*', 'a*?', '[[.', '(?<=a)'])(
    'a regular expression of 1,000 bytes of %s',
    (text) => {
      const regex = `/${text.repeat(999)}`.slice(0, 1_000);
      expect(cpuMs(() => parseClusterRegex(regex))).toBeLessThan(250);
    },
  );
});
