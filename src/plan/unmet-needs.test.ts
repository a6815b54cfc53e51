import { expect, test } from 'vitest';
import { testOptions } from '../../test/support/plan-options.ts';
import { stateOfYaml } from '../../test/support/state-of-yaml.ts';
import { formatProblem } from '../problems/problem.ts';
import { plan, type Plan } from './plan.ts';

const planWith = (modules: readonly string[], settings: Readonly<Record<string, string>>): Plan => {
  const metadata = { name: 'ingress-nginx-controller', namespace: 'ingress-nginx' };
  const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: settings };
  return plan(stateOfYaml(JSON.stringify(configMap)), testOptions({}, { capabilities: { ipv6: false, modules } }));
};

test('without the module stream, forwarded headers beside the PROXY protocol are not believed, which is said', () => {
  const both = { 'use-proxy-protocol': 'true', 'use-forwarded-headers': 'true', 'proxy-real-ip-cidr': '10.0.0.0/8' };
  const { generation, problems } = planWith([], both);
  expect(problems.map(formatProblem)).toEqual([
    expect.stringContaining('believing the PROXY protocol only, and no forwarded header'),
  ]);
  expect(generation.files[0]?.text).toContain('real_ip_header proxy_protocol;');
  expect(generation.files[0]?.text).not.toContain('http_x_forwarded_proto');
  expect(planWith(['stream_module'], both).problems).toEqual([]);
});

test('without http_v3_module no HTTP/3 is served, which is said', () => {
  const { generation, problems } = planWith([], { 'enable-http3': 'true' });
  expect(problems.map(formatProblem)).toEqual([expect.stringContaining('an NGINX with http_v3_module')]);
  expect(generation.files[0]?.text).not.toMatch(/quic|pt_alt_svc/);
});
