import { expect, test } from 'vitest';
import type { Family, KeySpec } from '../../src/annotations/define.ts';
import { families } from '../../src/annotations/index.ts';
import { plan, type Plan } from '../../src/plan/plan.ts';
import { installation, prefixed, stateOfObjects, tenant } from '../support/hostile-cluster.ts';
import { directivesOfPlan, everyDirective } from '../support/hostile-tree.ts';
import { testOptions } from '../support/plan-options.ts';
import { optionalModules } from '../../src/values/nginx-module.ts';

/** No grammar takes it. */
const NONSENSE = '\u0001';

const protecting = (families as readonly Family[])
  .flatMap((family) => Object.entries(family.keys) as readonly (readonly [string, KeySpec])[])
  .filter(([, spec]) => spec.source !== 'configmap' && spec.onInvalid === 'close')
  .map(([key]) => key);

const planWith = (
  annotations: Readonly<Record<string, string>>,
  securityMismatch: 'close' | 'report',
  settings = installation(),
): Plan =>
  plan(
    stateOfObjects([...settings, ...tenant('m0', { annotations: prefixed(annotations) })]),
    testOptions({}, { securityMismatch, capabilities: { ipv6: false, modules: optionalModules } }),
  );

const isClosed = (planned: Plan): boolean => {
  const server = everyDirective(directivesOfPlan(planned)).find(({ children = [] }) =>
    children.some(({ name, args }) => name === 'server_name' && args[0] === 'm0.example'),
  );
  const locations = (server?.children ?? []).filter(
    ({ name, args }) => name === 'location' && !args[0]?.startsWith('@'),
  );
  expect(locations.length).toBeGreaterThan(0);
  return locations.every(({ children = [] }) =>
    children.some(({ name, args }) => name === 'return' && args[0] === '503'),
  );
};

const toldOf = ({ problems }: Plan): readonly string[] =>
  problems.map(({ code, field }) => `${code} ${field.join('.')}`);

test('the registry has keys that protect', () => {
  expect(protecting.length).toBeGreaterThan(20);
});

test.each(protecting)('%s that is invalid closes its routes, or is only told where that is asked for', (key) => {
  const annotations = { [key]: NONSENSE };
  const [closing, reporting] = [planWith(annotations, 'close'), planWith(annotations, 'report')];
  expect(isClosed(closing)).toBe(true);
  expect(isClosed(reporting)).toBe(false);
  expect(toldOf(reporting)).toEqual(toldOf(closing));
  expect(reporting.problems.map(({ consequence }) => consequence).join('\n')).toMatch(/--security-mismatch=report/);
});

const withoutSnippets = installation({ 'annotations-risk-level': 'Critical' });

/** Annotations that make a snippet count. */
const beside = { 'auth-url': 'http://10.9.0.1/check', 'enable-modsecurity': 'true' };

test.each([
  ['configuration-snippet', 'proxy_hide_header X-Powered-By;'],
  ['server-snippet', 'large_client_header_buffers 4 16k;'],
  ['stream-snippet', 'deny 192.0.2.1;'],
  ['auth-snippet', 'proxy_set_header X-Tenant shop;'],
  ['modsecurity-snippet', 'SecRuleEngine Off'],
])('%s that is not allowed is told and nowhere in the configuration', (key, text) => {
  const [without, told] = [beside, { ...beside, [key]: text }].map((all) => planWith(all, 'report', withoutSnippets));
  expect(told?.generation.digest).toBe(without?.generation.digest);
  expect(told?.problems.map(({ code }) => code)).toContain('AnnotationNotAllowed');
  expect(isClosed(planWith({ ...beside, [key]: text }, 'close', withoutSnippets))).toBe(true);
});

test('a value with a word that the operator does not want is told and has no effect', () => {
  const settings = installation({ 'annotation-value-word-blocklist': 'elsewhere' });
  const annotations = { 'permanent-redirect': 'https://elsewhere.example/' };
  const [without, told] = [{}, annotations].map((all) => planWith(all, 'report', settings));
  expect(told?.generation.digest).toBe(without?.generation.digest);
  expect(told?.problems.map(({ code }) => code)).toContain('AnnotationNotAllowed');
  expect(isClosed(planWith(annotations, 'close', settings))).toBe(true);
});
