import { describe, expect, test } from 'vitest';
import { testOptions } from '../../test/support/plan-options.ts';
import { stateOfYaml } from '../../test/support/state-of-yaml.ts';
import { changedParts, checkText } from './check.ts';
import type { Renderer } from './options.ts';
import { plan, type Plan } from './plan.ts';

const service = (name: string): string => `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: default }
spec: { ports: [{ port: 80 }] }
`;

const ingress = (name: string, more = ''): string => `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: ${name}, namespace: default }
spec:
  rules:
    - host: ${name}.example
      http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: ${name}, port: { number: 80 } } } }] }
${more}`;

const annotated = (name: string, annotation: string): string =>
  ingress(name).replace(' }', `, annotations: { nginx.ingress.kubernetes.io/${annotation} } }`);

const options = testOptions();
const planOf = (...documents: readonly string[]): Plan =>
  plan(stateOfYaml([service('a'), service('b'), service('c'), ...documents].join('---\n')), options);

const NAMED = /^ +server_name "?([^;"]+)"?;/gm;
const hostsIn = (text: string | undefined): readonly string[] =>
  [...(text ?? '').matchAll(NAMED)].map(([, name = '']) => name);
const upstreamsIn = (text: string | undefined): readonly string[] =>
  [...(text ?? '').matchAll(/# from Service\/default\/(\w+)/g)].map(([, name = '']) => name);

describe('the part to be tested', () => {
  const live = planOf(ingress('a'), ingress('b'));

  test.each<[string, Plan, { readonly hosts: readonly string[]; readonly upstreams: readonly string[] }]>([
    ['a new host', planOf(ingress('a'), ingress('b'), ingress('c')), { hosts: ['_', 'c.example'], upstreams: ['c'] }],
    ['a host that goes away', planOf(ingress('a')), { hosts: ['_'], upstreams: [] }],
    ['nothing', live, { hosts: ['_'], upstreams: [] }],
    [
      'a location',
      planOf(annotated('a', 'proxy-read-timeout: "7"'), ingress('b')),
      { hosts: ['_', 'a.example'], upstreams: ['a'] },
    ],
    [
      'an upstream, whose server is the same',
      planOf(annotated('a', 'load-balance: ewma'), ingress('b')),
      { hosts: ['_'], upstreams: ['a'] },
    ],
  ])('has %s, the default server and what they name', (_what, next, expected) => {
    const text = checkText(live, next);
    expect({ hosts: hostsIn(text), upstreams: upstreamsIn(text) }).toEqual(expected);
  });

  test('has all maps, because certificates are in them', () => {
    const next = planOf(ingress('a'), ingress('b', '  tls: [{ hosts: [b.example] }]\n'));
    expect(checkText(live, next)).toContain('"\\\\b.example" ');
    expect(checkText(next, live)).not.toContain('"\\\\b.example" ');
  });

  test('has the blocks that changed locations ask for, and no others', () => {
    const before = planOf(annotated('a', 'limit-rps: "3"'), ingress('b'));
    const text = checkText(before, planOf(annotated('a', 'limit-rps: "3"'), annotated('b', 'limit-rpm: "7"')));
    expect(text).toContain('rate=7r/m');
    expect(text).not.toContain('rate=3r/s');
  });

  test('is all where what all hosts have in common is another, or is printed by other templates', () => {
    const settings = `
apiVersion: v1
kind: ConfigMap
metadata: { name: ingress-nginx-controller, namespace: ingress-nginx }
data: { keep-alive: "7" }
`;
    expect(checkText(live, planOf(ingress('a'), ingress('b'), settings))).toBeUndefined();
    const render: Renderer = (config) => options.render(config);
    expect(checkText(live, { ...live, render })).toBeUndefined();
  });
});

const backendOfAll = `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: all, namespace: default }
spec: { defaultBackend: { service: { name: c, port: { number: 80 } } } }
`;

const setting = `
apiVersion: v1
kind: ConfigMap
metadata: { name: ingress-nginx-controller, namespace: ingress-nginx }
data: { keep-alive: '7' }
`;

describe('what people are told of a change', () => {
  const live = planOf(ingress('a'), ingress('b'));
  const many = Array.from({ length: 30 }, (_, index) => ingress(`n${index}`));

  test.each<[string, Plan, readonly string[]]>([
    ['nothing', live, []],
    ['a new host', planOf(ingress('a'), ingress('b'), ingress('c')), ['c.example', 'Service/default/c port 80']],
    ['a host that goes away', planOf(ingress('a')), ['b.example']],
    ['a location', planOf(annotated('a', 'proxy-read-timeout: "7"'), ingress('b')), ['a.example']],
    ['an upstream', planOf(annotated('a', 'load-balance: ewma'), ingress('b')), ['Service/default/a port 80']],
    [
      'the default server',
      planOf(ingress('a'), ingress('b'), backendOfAll),
      ['other hosts', 'Service/default/c port 80'],
    ],
    ['a setting', planOf(ingress('a'), ingress('b'), setting), ['settings']],
  ])('%s', (_what, next, expected) => {
    expect(changedParts(live, next)).toEqual(expected);
  });

  test('at most twenty names, and how many more there are', () => {
    const told = changedParts(live, planOf(ingress('a'), ingress('b'), ...many));
    expect(told).toHaveLength(21);
    expect(told.at(-1)).toMatch(/^\d+ more$/);
  });
});
