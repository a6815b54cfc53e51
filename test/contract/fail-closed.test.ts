import { describe, expect, test } from 'vitest';
import { plan, type Plan } from '../../src/plan/plan.ts';
import { encoded, installation, OWN_NAMESPACE, prefixed, stateOfObjects, tenant } from '../support/hostile-cluster.ts';
import { directivesOfPlan, everyDirective } from '../support/hostile-tree.ts';
import { testOptions } from '../support/plan-options.ts';

type Content = NonNullable<Parameters<typeof tenant>[1]>;

/** A protection that rests on another object. */
interface Protection {
  readonly key: string;
  readonly name: string;
  readonly beside?: Readonly<Record<string, string>>;
  /** Changes that give the object the content it needs, where it has not. */
  readonly useful?: Content;
  /** Changes that leave the object there, and make it useless. */
  readonly useless: Readonly<Record<string, Content>>;
}

const certificates: Protection['useless'] = {
  'without content': { data: {} },
  'with a certificate that is none': { data: encoded({ 'ca.crt': 'no certificate' }) },
};
const headers: Protection['useless'] = {
  'with a name that is no header': { headers: { 'X.Allowed': 'v' } },
  'with a value that breaks its line': { headers: { 'X-Allowed': 'v\r\nX-Injected: v' } },
};

const protections: readonly Protection[] = [
  {
    key: 'auth-secret',
    name: 'users',
    beside: { 'auth-type': 'basic' },
    useless: { 'without content': { data: {} } },
  },
  {
    key: 'auth-secret',
    name: 'users',
    beside: { 'auth-type': 'basic', 'auth-secret-type': 'auth-map' },
    useful: { data: encoded({ me: '{PLAIN}hash' }) },
    useless: { 'with a user of two lines': { data: encoded({ me: 'hash\nroot:hash' }) } },
  },
  { key: 'auth-tls-secret', name: `${OWN_NAMESPACE}/users`, useless: certificates },
  {
    key: 'proxy-ssl-secret',
    name: `${OWN_NAMESPACE}/users`,
    beside: { 'backend-protocol': 'HTTPS', 'proxy-ssl-verify': 'on', 'proxy-ssl-name': 'pods' },
    useless: certificates,
  },
  {
    key: 'auth-proxy-set-headers',
    name: `${OWN_NAMESPACE}/headers`,
    beside: { 'auth-url': 'http://10.9.0.1/check' },
    useless: headers,
  },
  { key: 'custom-headers', name: `${OWN_NAMESPACE}/headers`, useless: headers },
  {
    key: 'fastcgi-params-configmap',
    name: `${OWN_NAMESPACE}/headers`,
    beside: { 'backend-protocol': 'FCGI' },
    useless: {
      'with a value of two lines': { headers: { X: 'v\nY' } },
    },
  },
];

const planWith = (
  { key, beside = {} }: Protection,
  value: string,
  { content = {}, securityMismatch = 'close' }: { content?: Content; securityMismatch?: 'close' | 'report' } = {},
): Plan =>
  plan(
    stateOfObjects([
      ...installation(),
      ...tenant('m0', { ...content, annotations: prefixed({ ...beside, [key]: value }) }),
      ...tenant('m1'),
    ]),
    testOptions({}, { securityMismatch }),
  );

const isClosed = (planned: Plan, host: string): boolean => {
  const server = everyDirective(directivesOfPlan(planned)).find(({ children = [] }) =>
    children.some(({ name, args }) => name === 'server_name' && args[0] === host),
  );
  const locations = (server?.children ?? []).filter(
    ({ name, args }) => name === 'location' && !args[0]?.startsWith('@'),
  );
  expect(locations.length).toBeGreaterThan(0);
  return locations.every(({ children = [] }) =>
    children.some(({ name, args }) => name === 'return' && args[0] === '503'),
  );
};

const situations = ({ name, useless, useful = {} }: Protection): readonly (readonly [string, string, Content])[] => [
  ['that is missing', name.replace(/[a-z]+$/, 'nobody'), useful],
  ['in another namespace', name.replace(/^.*?([a-z]+)$/, 'm1/$1'), useful],
  ['of an empty name', '', useful],
  ...Object.entries(useless).map(([what, content]) => [what, name, content] as const),
];

const titleOf = ({ key, beside = {} }: Protection): string =>
  [key, ...Object.entries(beside).map(([name, value]) => `${name}: ${value}`)].join(', ');

describe.each(protections.map((one) => [titleOf(one), one] as const))('%s', (_title, protection) => {
  test('serves while its object is there', () => {
    const planned = planWith(protection, protection.name, { content: protection.useful ?? {} });
    expect(planned.problems.filter(({ field }) => field.includes('annotations'))).toEqual([]);
    expect(isClosed(planned, 'm0.example')).toBe(false);
  });

  test.each(situations(protection))('with an object %s closes its own routes, and is told', (_, value, content) => {
    const planned = planWith(protection, value, { content });
    expect(isClosed(planned, 'm0.example')).toBe(true);
    expect(isClosed(planned, 'm1.example')).toBe(false);
    const told = planned.problems.filter(({ field }) =>
      field.includes(`nginx.ingress.kubernetes.io/${protection.key}`),
    );
    expect(told).not.toEqual([]);
  });

  test.each(situations(protection))('with an object %s is told only, where that is asked for', (_, value, content) => {
    const planned = planWith(protection, value, { content, securityMismatch: 'report' });
    expect(isClosed(planned, 'm0.example')).toBe(false);
    expect(planned.problems.map(({ consequence }) => consequence).join('\n')).toMatch(/--security-mismatch=report/);
  });
});
