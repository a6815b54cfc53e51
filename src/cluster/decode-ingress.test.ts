import { describe, expect, it } from 'vitest';
import { formatProblem } from '../problems/problem.ts';
import { decodeObject } from './decode.ts';
import type { Ingress } from './resources.ts';

const decodeVersion = (apiVersion: string, spec: unknown, metadata: object = {}) => {
  const decoded = decodeObject({ apiVersion, kind: 'Ingress', metadata: { name: 'web', ...metadata }, spec });
  const ingress =
    decoded.outcome === 'object' && decoded.object.kind === 'Ingress' ? decoded.object.resource : undefined;
  const problems = decoded.outcome === 'ignored' ? [] : decoded.problems;
  return { ingress, problems: problems.map(formatProblem) };
};

const decode = (spec: unknown, metadata: object = {}) => decodeVersion('networking.k8s.io/v1', spec, metadata);

const decoded = (spec: unknown, metadata: object = {}): Ingress => {
  const { ingress, problems } = decode(spec, metadata);
  if (ingress === undefined) throw new Error(problems.join('\n'));
  return ingress;
};

const backend = (name: string) => ({ service: { name, port: { number: 80 } } });
const ruleWith = (path: unknown) => ({ host: 'a.example', http: { paths: [path] } });

describe('an Ingress of networking.k8s.io/v1', () => {
  it('decodes with all that Portico reads', () => {
    const spec = {
      ingressClassName: 'nginx',
      defaultBackend: { service: { name: 'fallback', port: { name: 'http' } } },
      tls: [{ hosts: ['a.example'], secretName: 'cert' }, {}],
      rules: [ruleWith({ path: '/x', pathType: 'Exact', backend: backend('x') }), {}],
    };
    const metadata = {
      namespace: 'shop',
      creationTimestamp: '2024-02-29T12:00:00Z',
      annotations: { 'nginx.ingress.kubernetes.io/use-regex': 'true' },
      labels: { app: 'web' },
    };
    expect(decode(spec, metadata)).toEqual({
      ingress: {
        ref: 'Ingress/shop/web',
        namespace: 'shop',
        name: 'web',
        createdAt: Date.UTC(2024, 1, 29, 12),
        annotations: { 'nginx.ingress.kubernetes.io/use-regex': 'true' },
        labels: { app: 'web' },
        className: 'nginx',
        defaultBackend: { service: 'fallback', port: { name: 'http' } },
        rules: [
          {
            host: 'a.example',
            paths: [{ path: '/x', pathType: 'Exact', backend: { service: 'x', port: { number: 80 } } }],
          },
          { host: '', paths: [] },
        ],
        tls: [
          { hosts: ['a.example'], secretName: 'cert' },
          { hosts: [], secretName: '' },
        ],
        fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
      problems: [],
    });
  });

  it('has no class where none is written', () => {
    expect(decoded({})).not.toHaveProperty('className');
    expect(decoded({ ingressClassName: '' }).className).toBe('');
  });

  it.each([
    ['a resource', { resource: { apiGroup: 'x', kind: 'Bucket', name: 'b' } }],
    ['missing', undefined],
    ['text', 'web:80'],
    ['of the legacy form', { serviceName: 'web', servicePort: 80 }],
    ['a list', [backend('web')]],
  ])('keeps a path whose backend is %s, without a Service', (_, wrong) => {
    const [rule] = decoded({ rules: [ruleWith({ path: '/', pathType: 'Prefix', backend: wrong })] }).rules;
    expect(rule?.paths).toEqual([{ path: '/', pathType: 'Prefix', backend: { service: undefined, port: undefined } }]);
  });

  it.each([
    [{ number: 80 }, { number: 80 }],
    [{ name: 'http' }, { name: 'http' }],
    [{ number: 80, name: 'http' }, { number: 80 }],
    [{ number: '80' }, undefined],
    [{ number: 80.5 }, undefined],
    [80, undefined],
    [{}, undefined],
  ])('reads the port %j as %j', (port, expected) => {
    const path = { path: '/', backend: { service: { name: 'web', port } } };
    expect(decoded({ rules: [ruleWith(path)] }).rules[0]?.paths[0]?.backend.port).toEqual(expected);
  });

  it.each([
    [undefined, ''],
    ['Nonsense', 'Nonsense'],
    [5, '5'],
    [{}, ''],
  ])('leaves the pathType %j to the plan as %j', (pathType, expected) => {
    expect(decoded({ rules: [ruleWith({ path: '/', pathType })] }).rules[0]?.paths[0]?.pathType).toBe(expected);
  });
});

describe('a mistake in one field of an Ingress', () => {
  const good = { host: 'good.example', http: { paths: [{ path: '/', backend: backend('web') }] } };

  it.each([
    {
      where: 'a host is no text',
      spec: { rules: [{ host: 5 }, good] },
      problem: 'spec.rules[0].host: expected a string, got "5"; the rule is left out',
    },
    {
      where: 'a path is no text',
      spec: { rules: [ruleWith({ path: ['/'] }), good] },
      problem: 'spec.rules[0].http.paths[0].path: expected a string, got "a list"; the path is left out',
    },
    {
      where: 'paths is no list',
      spec: { rules: [{ http: { paths: { path: '/' } } }, good] },
      problem: 'spec.rules[0].http.paths: expected a list, got "a map"; the rule has no paths',
    },
  ])('leaves the other rules alone where $where', ({ spec, problem }) => {
    const { ingress, problems } = decode(spec);
    expect(ingress?.rules.at(-1)).toMatchObject({ host: 'good.example', paths: [{ path: '/' }] });
    expect(problems).toEqual([`Ingress default/web ${problem}`]);
  });

  it.each([
    ['tls is no list', { hosts: ['a.example'] }, [{ hosts: ['a.example'], secretName: '' }], 'none'],
    [
      'tls is text',
      'yes',
      [{ hosts: [], secretName: '' }],
      'spec.tls: expected a map with hosts and secretName, got "yes"',
    ],
    [
      'an item is text',
      ['a.example'],
      [{ hosts: [], secretName: '' }],
      'spec.tls[0]: expected a map with hosts and secretName',
    ],
    [
      'a host is no text',
      [{ hosts: [1, 'b'] }],
      [{ hosts: ['b'], secretName: '' }],
      'spec.tls[0].hosts[0]: expected a string, got "1"',
    ],
    [
      'the Secret is no text',
      [{ secretName: 1 }],
      [{ hosts: [], secretName: '' }],
      'spec.tls[0].secretName: expected a string, got "1"',
    ],
  ] as const)('still asks for TLS where %s', (...[, tls, expected, problem]) => {
    const { ingress, problems } = decode({ tls });
    expect(ingress?.tls).toEqual(expected);
    expect(problems.join() || 'none').toContain(problem);
  });

  it.each([
    ['the class is no text', { ingressClassName: 5 }, {}, 'spec.ingressClassName: expected a string, got "5"'],
    ['the annotations are no map', {}, { annotations: ['a'] }, 'metadata.annotations: expected a map, got "a list"'],
    [
      'an annotation is a list',
      {},
      { annotations: { a: ['10.0.0.0/8'] } },
      'metadata.annotations.a: expected a string (in quotes), got "a list"',
    ],
    [
      'an annotation has a strange key',
      {},
      { annotations: { 'a\nb': 'c' } },
      String.raw`metadata.annotations: expected keys of letters, digits, ".", "_" and "-", got "a\nb"`,
    ],
  ])('costs the object where %s, because it may have closed its routes', (...[, spec, metadata, problem]) => {
    const { ingress, problems } = decode(spec, metadata);
    expect(ingress).toBeUndefined();
    expect(problems).toEqual([`Ingress default/web ${problem}; the object is ignored`]);
  });

  it('reads an unquoted number or boolean as text, and says so', () => {
    const { ingress, problems } = decode({}, { annotations: { a: true, b: 60, c: null, d: 'x' } });
    expect(ingress?.annotations).toEqual({ a: 'true', b: '60', c: '', d: 'x' });
    expect(problems).toEqual([
      'Ingress default/web metadata.annotations.a: expected a string (in quotes), got "true"; reading it as "true"',
      'Ingress default/web metadata.annotations.b: expected a string (in quotes), got "60"; reading it as "60"',
    ]);
  });

  it('reports no more than twenty mistakes of one object', () => {
    const { ingress, problems } = decode({ rules: [...Array.from({ length: 5000 }, () => ({ host: 1 })), good] });
    expect(problems).toHaveLength(20);
    expect(ingress?.rules).toHaveLength(1);
  });
});

describe.each(['networking.k8s.io/v1beta1', 'extensions/v1beta1'])('a legacy Ingress of %s', (apiVersion) => {
  const portOf = (servicePort: unknown) =>
    decodeVersion(apiVersion, { backend: { serviceName: 'web', servicePort } }).ingress?.defaultBackend?.port;

  it('means what its successor means', () => {
    const legacy = decodeVersion(apiVersion, {
      backend: { serviceName: 'fallback', servicePort: 80 },
      rules: [ruleWith({ path: '/x', backend: { serviceName: 'x', servicePort: 'http' } })],
      tls: [{ hosts: ['a.example'], secretName: 'cert' }],
    });
    const current = decode({
      defaultBackend: backend('fallback'),
      rules: [
        ruleWith({
          path: '/x',
          pathType: 'ImplementationSpecific',
          backend: { service: { name: 'x', port: { name: 'http' } } },
        }),
      ],
      tls: [{ hosts: ['a.example'], secretName: 'cert' }],
    });
    expect(legacy).toEqual(current);
  });

  it.each([
    [80, { number: 80 }],
    ['80', { number: 80 }],
    ['http', { name: 'http' }],
    [undefined, undefined],
    [{ number: 80 }, undefined],
  ])('reads the port %j as %j', (servicePort, expected) => {
    expect(portOf(servicePort)).toEqual(expected);
  });

  it('keeps a pathType', () => {
    const { ingress } = decodeVersion(apiVersion, { rules: [ruleWith({ path: '/', pathType: 'Exact' })] });
    expect(ingress?.rules[0]?.paths[0]?.pathType).toBe('Exact');
  });
});

describe('the fingerprint', () => {
  const spec = {
    ingressClassName: 'nginx',
    rules: [ruleWith({ path: '/', pathType: 'Prefix', backend: backend('web') })],
  };
  const base = decoded(spec, { annotations: { a: '1', b: '2' } }).fingerprint;

  it.each([
    ['the order of keys', spec, { annotations: { b: '2', a: '1' } }],
    [
      'labels, age and status',
      spec,
      { annotations: { a: '1', b: '2' }, labels: { x: 'y' }, creationTimestamp: '2024-01-01T00:00:00Z' },
    ],
  ])('is the same whatever %s', (_, changed, metadata) => {
    expect(decoded(changed, metadata).fingerprint).toBe(base);
  });

  it.each([
    ['annotation', spec, { annotations: { a: '1', b: '3' } }],
    ['class', { ...spec, ingressClassName: 'other' }, { annotations: { a: '1', b: '2' } }],
    ['tls', { ...spec, tls: [{}] }, { annotations: { a: '1', b: '2' } }],
    [
      'backend',
      { ...spec, rules: [ruleWith({ path: '/', pathType: 'Prefix', backend: backend('web2') })] },
      { annotations: { a: '1', b: '2' } },
    ],
  ])('changes with the %s', (_, changed, metadata) => {
    expect(decoded(changed, metadata).fingerprint).not.toBe(base);
  });
});
