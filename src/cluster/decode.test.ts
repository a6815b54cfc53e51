import { describe, expect, it } from 'vitest';
import { formatProblem } from '../problems/problem.ts';
import { decodeObject } from './decode.ts';

const decode = (value: unknown) => {
  const decoded = decodeObject(value);
  const resource = decoded.outcome === 'object' ? decoded.object.resource : undefined;
  const problems = decoded.outcome === 'ignored' ? [] : decoded.problems;
  return { outcome: decoded.outcome, resource, problems: problems.map(formatProblem) };
};

const object = (apiVersion: string, kind: string, rest: object = {}) => ({
  apiVersion,
  kind,
  metadata: { name: 'x' },
  ...rest,
});

describe('what decodeObject takes', () => {
  it.each([
    ['networking.k8s.io/v1', 'Ingress', 'Ingress/default/x'],
    ['networking.k8s.io/v1beta1', 'Ingress', 'Ingress/default/x'],
    ['extensions/v1beta1', 'Ingress', 'Ingress/default/x'],
    ['networking.k8s.io/v1', 'IngressClass', 'IngressClass//x'],
    ['networking.k8s.io/v1beta1', 'IngressClass', 'IngressClass//x'],
    ['v1', 'Service', 'Service/default/x'],
    ['discovery.k8s.io/v1', 'EndpointSlice', 'EndpointSlice/default/x'],
    ['discovery.k8s.io/v1beta1', 'EndpointSlice', 'EndpointSlice/default/x'],
    ['v1', 'Endpoints', 'Endpoints/default/x'],
    ['v1', 'Secret', 'Secret/default/x'],
    ['v1', 'ConfigMap', 'ConfigMap/default/x'],
    ['v1', 'Namespace', 'Namespace//x'],
  ])('%s %s, even with nothing but a name', (apiVersion, kind, ref) => {
    expect(decode(object(apiVersion, kind))).toMatchObject({ outcome: 'object', resource: { ref }, problems: [] });
  });

  it.each([
    ['apps/v1', 'Deployment'],
    ['v1', 'Pod'],
    ['serving.knative.dev/v1', 'Service'],
    ['config.openshift.io/v1', 'Ingress'],
    ['v1', 'List'],
    ['v1', 'constructor'],
  ])('%s %s is ignored without a word', (apiVersion, kind) => {
    expect(decode(object(apiVersion, kind)).outcome).toBe('ignored');
  });

  it.each([
    [undefined, 'File input: expected a Kubernetes object; the object is ignored'],
    ['text', 'File input: expected a Kubernetes object; the object is ignored'],
    [[], 'File input: expected a Kubernetes object, got "a list"; the object is ignored'],
    [
      { kind: 'Ingress' },
      'File input apiVersion: expected an API version such as networking.k8s.io/v1; the object is ignored',
    ],
    [{ apiVersion: 'v1' }, 'File input kind: expected a kind such as Ingress; the object is ignored'],
    [
      object('networking.k8s.io/v2', 'Ingress'),
      'File input apiVersion: expected version v1 or v1beta1, got "networking.k8s.io/v2"; the object is ignored',
    ],
  ])('%j is refused', (value, problem) => {
    expect(decode(value)).toEqual({ outcome: 'refused', resource: undefined, problems: [problem] });
  });
});

describe('names', () => {
  const rule = 'expected a DNS-1123 name (lower-case letters, digits, "-")';

  it.each([
    ['ConfigMap', { name: 'a.b-c.1' }, 'a.b-c.1'],
    ['ConfigMap', { name: 'x'.repeat(253) }, 'x'.repeat(253)],
    ['Service', { name: 'x'.repeat(63) }, 'x'.repeat(63)],
  ])('a %s may be called %j', (kind, metadata, name) => {
    expect(decode({ ...object('v1', kind), metadata }).resource?.name).toBe(name);
  });

  it.each([
    ['ConfigMap', { name: 'Upper' }, `metadata.name: ${rule}, got "Upper"`],
    ['ConfigMap', { name: 'a\nb' }, String.raw`metadata.name: ${rule}, got "a\nb"`],
    ['ConfigMap', { name: 'a/b' }, `metadata.name: ${rule}, got "a/b"`],
    ['ConfigMap', { name: '' }, `metadata.name: ${rule}, got ""`],
    ['ConfigMap', { name: 5 }, `metadata.name: ${rule}, got "5"`],
    ['ConfigMap', { generateName: 'x-' }, `metadata.name: ${rule}`],
    ['ConfigMap', { name: 'x'.repeat(254) }, `metadata.name: ${rule}`],
    ['Service', { name: 'a.b' }, `metadata.name: ${rule}, got "a.b"`],
    ['Service', { name: 'x'.repeat(64) }, `metadata.name: ${rule}`],
    ['ConfigMap', { name: 'x', namespace: 'a.b' }, `metadata.namespace: ${rule}, got "a.b"`],
    ['ConfigMap', { name: 'x', namespace: {} }, `metadata.namespace: ${rule}, got "a map"`],
    ['ConfigMap', 'x', `metadata.name: ${rule}`],
  ])('a %s with %j is refused', (kind, metadata, problem) => {
    const { outcome, problems } = decode({ ...object('v1', kind), metadata });
    expect(outcome).toBe('refused');
    expect(problems[0]).toContain(`File input ${problem}`);
  });

  it.each([undefined, null, ''])('the namespace %j means default', (namespace) => {
    expect(decode({ ...object('v1', 'ConfigMap'), metadata: { name: 'x', namespace } }).resource?.namespace).toBe(
      'default',
    );
  });

  it('a cluster-scoped object has no namespace, whatever it says', () => {
    const metadata = { name: 'x', namespace: 'y' };
    expect(decode({ ...object('v1', 'Namespace'), metadata }).resource?.ref).toBe('Namespace//x');
  });
});

describe('the age of an object', () => {
  it.each([
    ['2024-02-29T12:00:00Z', Date.UTC(2024, 1, 29, 12)],
    ['2024-02-29T14:00:00.5+02:00', Date.UTC(2024, 1, 29, 12, 0, 0, 500)],
    [null, 0],
    ['yesterday', 0],
    ['2024-99-99T00:00:00Z', 0],
    ['2024', 0],
    [5, 0],
  ])('is for %j: %j', (creationTimestamp, createdAt) => {
    expect(
      decode({ ...object('v1', 'ConfigMap'), metadata: { name: 'x', creationTimestamp } }).resource?.createdAt,
    ).toBe(createdAt);
  });
});

describe('the other kinds', () => {
  it('a ConfigMap keeps the values that it can', () => {
    const data = { a: '1', b: 8, c: { d: 1 }, ['__proto__']: 'p' };
    const { resource, problems } = decode(object('v1', 'ConfigMap', { data: JSON.parse(JSON.stringify(data)) }));
    expect(Object.entries((resource as { data?: object }).data ?? {})).toEqual([
      ['a', '1'],
      ['b', '8'],
      ['__proto__', 'p'],
    ]);
    expect(problems).toEqual([
      'ConfigMap default/x data.b: expected a string (in quotes), got "8"; reading it as "8"',
      'ConfigMap default/x data.c: expected a string (in quotes), got "a map"; the key is ignored',
    ]);
  });

  it('an IngressClass names its controller', () => {
    const rest = { spec: { controller: 'k8s.io/ingress-nginx' } };
    expect(decode(object('networking.k8s.io/v1', 'IngressClass', rest)).resource).toMatchObject(rest.spec);
  });

  it('a Service keeps its good ports', () => {
    const ports = [
      { name: 'http', port: 80, targetPort: 'web', protocol: 'TCP' },
      { port: 443 },
      { port: 'x' },
      { port: 53, targetPort: 5353, protocol: 'UDP' },
    ];
    const { resource, problems } = decode(object('v1', 'Service', { spec: { clusterIP: 'None', ports } }));
    expect(resource).toMatchObject({
      type: 'ClusterIP',
      clusterIP: 'None',
      externalName: '',
      ports: [
        { name: 'http', port: 80, targetPort: 'web', protocol: 'TCP' },
        { name: '', port: 443, targetPort: undefined, protocol: 'TCP' },
        { name: '', port: 53, targetPort: 5353, protocol: 'UDP' },
      ],
    });
    expect(problems).toEqual([
      'Service default/x spec.ports[2].port: expected a port number from 1 to 65535, got "x"; the port is left out',
    ]);
  });

  it.each([
    ['None', 'None'],
    ['', ''],
    ['10.96.0.1', '10.96.0.1'],
    ['255.255.255.255', ''],
    ['fe80::1%eth0', ''],
    [5, ''],
  ])('the address %o of a Service is read as "%s"', (clusterIP, read) => {
    const { resource } = decode(object('v1', 'Service', { spec: { clusterIP } }));
    expect(resource).toMatchObject({ clusterIP: read });
  });

  it('an EndpointSlice belongs to the Service of its label', () => {
    const value = {
      ...object('discovery.k8s.io/v1', 'EndpointSlice'),
      metadata: { name: 'x', labels: { 'kubernetes.io/service-name': 'web' } },
      addressType: 'IPv4',
      ports: [{ name: 'http', port: 8080 }, { name: null }],
      endpoints: [{ addresses: ['10.0.0.1', 5], conditions: { ready: true, terminating: 'no' } }, {}],
    };
    expect(decode(value)).toMatchObject({
      resource: {
        service: 'web',
        addressType: 'IPv4',
        ports: [
          { name: 'http', port: 8080, protocol: 'TCP' },
          { name: '', port: undefined, protocol: 'TCP' },
        ],
        endpoints: [
          { addresses: ['10.0.0.1'], ready: true, serving: undefined, terminating: undefined },
          { addresses: [], ready: undefined },
        ],
      },
      problems: [
        'EndpointSlice default/x endpoints[0].addresses[1]: expected a string, got "5"; the address is left out',
      ],
    });
  });

  it('legacy Endpoints become one slice for each subset and address family', () => {
    const subsets = [
      {
        addresses: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }],
        notReadyAddresses: [{ ip: '10.0.0.2' }],
        ports: [{ name: 'http', port: 80 }],
      },
      { addresses: [{ ip: '10.0.0.3' }, {}, 'x'], ports: [{ port: 81 }] },
    ];
    const slice = (index: number, addressType: string) => ({
      ref: `EndpointSlice/default/x-endpoints-${index}`,
      name: `x-endpoints-${index}`,
      service: 'x',
      addressType,
    });
    expect(decode(object('v1', 'Endpoints', { subsets })).resource).toMatchObject({
      slices: [
        {
          ...slice(0, 'IPv4'),
          endpoints: [
            { addresses: ['10.0.0.1'], ready: true },
            { addresses: ['10.0.0.2'], ready: false },
          ],
          ports: [{ name: 'http', port: 80 }],
        },
        { ...slice(1, 'IPv6'), endpoints: [{ addresses: ['fd00::1'], ready: true }] },
        { ...slice(2, 'IPv4'), endpoints: [{ addresses: ['10.0.0.3'], ready: true }], ports: [{ name: '', port: 81 }] },
      ],
    });
  });
});
