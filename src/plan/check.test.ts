import { describe, expect, test } from 'vitest';
import { testOptions } from '../../test/support/plan-options.ts';
import { stateOfYaml } from '../../test/support/state-of-yaml.ts';
import { checkText } from './check.ts';
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

  test('is all where the default server or what all share is another', () => {
    const limited = planOf(annotated('a', 'limit-rps: "3"'), ingress('b'));
    expect(checkText(live, limited)).toBeUndefined();
    const other = plan(stateOfYaml([service('a'), ingress('a')].join('---\n')), {
      ...options,
      render: (config) => options.render(config),
    });
    expect(checkText(live, other)).toBeUndefined();
  });
});
