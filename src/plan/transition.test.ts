import { describe, expect, test } from 'vitest';
import { testOptions } from '../../test/support/plan-options.ts';
import { stateOfYaml } from '../../test/support/state-of-yaml.ts';
import { plan, type Plan } from './plan.ts';
import { transition } from './transition.ts';

const service = (name: string): string => `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: default }
spec: { ports: [{ port: 80 }] }
`;

const ingress = (name: string, host: string, backend: string): string => `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: ${name}, namespace: default }
spec:
  rules:
    - host: ${host}
      http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: ${backend}, port: { number: 80 } } } }] }
`;

const options = testOptions();
const planOf = (...documents: readonly string[]): Plan =>
  plan(stateOfYaml([service('a'), service('b'), ...documents].join('---\n')), options);
const upstream = (planned: Plan, service: string): string =>
  planned.model.backends.find((backend) => backend.label === `default-${service}-80`)?.id ?? 'none';
const between = (live: Plan, next: Plan): string | undefined => transition(live, next, options.render)?.files[0]?.text;

describe('a transition', () => {
  const live = planOf(ingress('web', 'x.example', 'a'));

  test('loads a new upstream beside the old traffic, when live traffic moves to it', () => {
    const next = planOf(ingress('web', 'x.example', 'b'));
    const text = between(live, next);
    expect(text).toContain(`upstream ${upstream(next, 'b')} {`);
    expect(text).toContain(`proxy_pass http://${upstream(live, 'a')};`);
    expect(text).not.toContain(`proxy_pass http://${upstream(next, 'b')};`);
  });

  test('has one size of the shared zone, as NGINX demands', () => {
    const text = between(live, planOf(ingress('web', 'x.example', 'b'))) ?? '';
    expect(new Set(text.match(/zone pt_endpoints \w+/g)).size).toBe(1);
  });

  test('is needed where a new path takes requests that another path of the host answers now', () => {
    const next = planOf(
      ingress('web', 'x.example', 'a'),
      ingress('deep', 'x.example', 'b').replace('path: /,', 'path: /deep,'),
    );
    expect(between(live, next)).toContain(upstream(next, 'b'));
  });

  test('is needed where a new host takes requests of a wildcard', () => {
    const wild = planOf(ingress('web', '"*.example"', 'a'));
    const next = planOf(ingress('web', '"*.example"', 'a'), ingress('new', 'x.example', 'b'));
    expect(between(wild, next)).toContain(upstream(next, 'b'));
  });

  test.each([
    [
      'a new host takes no traffic from anybody',
      planOf(ingress('web', 'x.example', 'a'), ingress('new', 'y.example', 'b')),
    ],
    ['nothing moves', live],
    ['a route goes away', planOf()],
  ])('is not needed where %s', (_what, next) => {
    expect(between(live, next)).toBeUndefined();
  });

  test('is not needed where traffic moves to an upstream that is loaded already', () => {
    const both = planOf(ingress('web', 'x.example', 'a'), ingress('other', 'y.example', 'b'));
    const moved = planOf(ingress('web', 'x.example', 'b'), ingress('other', 'y.example', 'b'));
    expect(between(both, moved)).toBeUndefined();
  });
});

describe('a transition of what is passed on unopened', () => {
  const withStreams = testOptions({ tcpServicesConfigmap: 'default/tcp', enableSslPassthrough: true });
  const ports = (entries: Readonly<Record<string, string>>): string => `
apiVersion: v1
kind: ConfigMap
metadata: { name: tcp, namespace: default }
data: ${JSON.stringify(entries)}
`;
  const secure = (backend: string): string =>
    ingress('secure', 'tls.example', backend).replace(
      'namespace: default }',
      "namespace: default, annotations: { nginx.ingress.kubernetes.io/ssl-passthrough: 'true' } }",
    );
  const streamsOf = (...documents: readonly string[]): Plan =>
    plan(stateOfYaml([service('a'), service('b'), ...documents].join('---\n')), withStreams);
  const streamUpstream = (planned: Plan, name: string): string =>
    planned.model.backends.find(({ stream, service: ref }) => stream === 'TCP' && ref.endsWith(`/${name}`))?.id ??
    'none';
  const partOf = (live: Plan, next: Plan): string =>
    transition(live, next, withStreams.render)?.files[0]?.text.split('\nstream {')[1] ?? 'no transition';

  test('loads the upstream of a TCP port that moves to another Service', () => {
    const [live, next] = ['a', 'b'].map((name) => streamsOf(ports({ '9009': `default/${name}:80` })));
    expect.assert(live !== undefined && next !== undefined);
    const text = partOf(live, next);
    expect(text).toContain(`upstream ${streamUpstream(next, 'b')} {`);
    expect(text).toContain(`proxy_pass ${streamUpstream(live, 'a')};`);
    expect(text).not.toContain(`proxy_pass ${streamUpstream(next, 'b')};`);
  });

  test.each([
    ['whose pods end the TLS of another Service from now on', secure('a')],
    ['whose TLS NGINX has ended so far', ingress('secure', 'tls.example', 'a')],
  ])('loads the upstream of a host %s', (_what, before) => {
    const next = streamsOf(secure('b'));
    expect(partOf(streamsOf(before), next)).toContain(`upstream ${streamUpstream(next, 'b')} {`);
  });

  test('is not needed for a port that is new', () => {
    const live = streamsOf(ports({ '9008': 'default/a:80' }));
    const next = streamsOf(ports({ '9008': 'default/a:80', '9009': 'default/b:80' }));
    expect(partOf(live, next)).toBe('no transition');
  });
});
