import type { ClusterState } from '../../src/cluster/cluster-state.ts';
import { decodeObject } from '../../src/cluster/decode.ts';
import { stateOf } from '../../src/cluster/state-of.ts';
import { CLIENT_AUTHORITY } from './client-authority.ts';

/** An object as the API server delivers it. */
export type RawObject = Readonly<Record<string, unknown>>;

/** The state that these objects make, as every source of Portico decodes them. */
export const stateOfObjects = (objects: readonly unknown[]): ClusterState => {
  const decoded = objects.map((object) => decodeObject(object));
  return stateOf(
    decoded.flatMap((one) => (one.outcome === 'object' ? [one.object] : [])),
    decoded.flatMap((one) => (one.outcome === 'ignored' ? [] : one.problems)),
  );
};

const PREFIX = 'nginx.ingress.kubernetes.io';

/** Annotations of ours, with the prefix. */
export const prefixed = (annotations: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(annotations).map(([key, value]) => [`${PREFIX}/${key}`, value]));

/** A password file whose only user is `user` with the password `secret-of-<owner>`. */
export const passwordFile = (owner: string): string => `user:{PLAIN}secret-of-${owner}\n`;

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

/** `data` of a Secret. */
export const encoded = (data: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(data).map(([key, text]) => [key, base64(text)]));

const backend = (name: unknown, port: unknown): RawObject => ({ service: { name, port: { name: port } } });

/** Every text that a tenant writes, at its harmless value; `annotations` and `data` may be replaced as a whole. */
const harmless = (namespace: string) => ({
  ingressName: 'evil' as unknown,
  ingressNamespace: namespace as unknown,
  createdAt: '2026-02-01T00:00:00Z' as unknown,
  annotations: {} as Readonly<Record<string, unknown>>,
  canary: {} as Readonly<Record<string, unknown>>,
  labels: {} as Readonly<Record<string, unknown>>,
  className: 'nginx' as unknown,
  defaultService: 'web' as unknown,
  defaultPort: 'http' as unknown,
  host: `${namespace}.example` as unknown,
  path: '/api' as unknown,
  pathType: 'Prefix' as unknown,
  service: 'web' as unknown,
  portName: 'http' as unknown,
  portNumber: 80 as unknown,
  tlsHost: `${namespace}.example` as unknown,
  tlsSecret: 'cert' as unknown,
  legacyService: 'web' as unknown,
  legacyPort: 'http' as unknown,
  classOfOwn: `class-of-${namespace}` as unknown,
  controller: 'example.com/other' as unknown,
  serviceName: 'web' as unknown,
  serviceType: 'ClusterIP' as unknown,
  clusterIP: '10.96.0.1' as unknown,
  externalName: 'backend.internal' as unknown,
  servicePortName: 'http' as unknown,
  servicePort: 80 as unknown,
  servicePortProtocol: 'TCP' as unknown,
  targetPort: 'web' as unknown,
  sliceName: 'web-1' as unknown,
  sliceService: 'web' as unknown,
  addressType: 'IPv4' as unknown,
  address: '10.1.0.1' as unknown,
  slicePortName: 'http' as unknown,
  slicePort: 8080 as unknown,
  slicePortProtocol: 'TCP' as unknown,
  endpointsAddress: '10.1.0.2' as unknown,
  secretName: 'users' as unknown,
  secretType: 'Opaque' as unknown,
  data: encoded({ auth: passwordFile(namespace), 'ca.crt': CLIENT_AUTHORITY }) as Readonly<Record<string, unknown>>,
  headers: { 'X-Allowed': 'v' } as Readonly<Record<string, unknown>>,
  namespaceName: namespace as unknown,
});

/** What a tenant writes. */
export type Wish = ReturnType<typeof harmless>;

/** A field of a tenant's objects. */
export type WishField = keyof Wish;

/** Names of the fields that hold one value. */
export const wishFields: readonly WishField[] = (Object.keys(harmless('x')) as WishField[]).filter(
  (field) => !['annotations', 'canary', 'labels', 'data', 'headers'].includes(field),
);

const ingress = (wish: Wish, morePaths: readonly RawObject[]): RawObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: {
    namespace: wish.ingressNamespace,
    name: wish.ingressName,
    creationTimestamp: wish.createdAt,
    annotations: wish.annotations,
    labels: wish.labels,
  },
  spec: {
    ingressClassName: wish.className,
    defaultBackend: backend(wish.defaultService, wish.defaultPort),
    rules: [
      {
        host: wish.host,
        http: {
          paths: [
            { path: wish.path, pathType: wish.pathType, backend: backend(wish.service, wish.portName) },
            ...morePaths,
          ],
        },
      },
    ],
    tls: [{ hosts: [wish.tlsHost], secretName: wish.tlsSecret }],
  },
});

const legacyIngress = (namespace: string, { legacyService, legacyPort }: Wish): RawObject => ({
  apiVersion: 'extensions/v1beta1',
  kind: 'Ingress',
  metadata: { namespace, name: 'old', annotations: { 'kubernetes.io/ingress.class': 'nginx' } },
  spec: {
    rules: [
      {
        host: `old.${namespace}.example`,
        http: { paths: [{ path: '/', backend: { serviceName: legacyService, servicePort: legacyPort } }] },
      },
    ],
  },
});

const service = (namespace: string, name: unknown, spec: RawObject): RawObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { namespace, name },
  spec,
});

const servicePorts = (wish: Wish): readonly RawObject[] => [
  {
    name: wish.servicePortName,
    port: wish.servicePort,
    protocol: wish.servicePortProtocol,
    targetPort: wish.targetPort,
  },
];

const slice = (namespace: string, wish: Wish): RawObject => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { namespace, name: wish.sliceName, labels: { 'kubernetes.io/service-name': wish.sliceService } },
  addressType: wish.addressType,
  ports: [{ name: wish.slicePortName, port: wish.slicePort, protocol: wish.slicePortProtocol }],
  endpoints: [{ addresses: [wish.address] }],
});

const endpoints = (namespace: string, wish: Wish): RawObject => ({
  apiVersion: 'v1',
  kind: 'Endpoints',
  metadata: { namespace, name: 'mirrored' },
  subsets: [
    {
      addresses: [{ ip: wish.endpointsAddress }],
      ports: [{ name: wish.slicePortName, port: wish.slicePort, protocol: wish.slicePortProtocol }],
    },
  ],
});

const secret = (namespace: string, wish: Wish): RawObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { namespace, name: wish.secretName, labels: wish.labels },
  type: wish.secretType,
  data: wish.data,
});

const ingressClass = (name: unknown, controller: unknown): RawObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IngressClass',
  metadata: { name },
  spec: { controller },
});

/** Some annotations name a Secret with its namespace, which companions cannot know. */
export const OWN_NAMESPACE = '{own namespace}';

const inNamespace = (namespace: string, wish: Wish): Wish => ({
  ...wish,
  annotations: Object.fromEntries(
    Object.entries(wish.annotations).map(([name, text]) => [
      name,
      typeof text === 'string' ? text.replaceAll(OWN_NAMESPACE, namespace) : text,
    ]),
  ),
});

/** The objects of a tenant that writes these things instead of harmless ones; those that no change touches are few. */
export const tenant = (namespace: string, changes: Partial<Wish> = {}): readonly RawObject[] => {
  const wish = inNamespace(namespace, { ...harmless(namespace), ...changes });
  const extra = (fields: readonly WishField[], objects: () => readonly RawObject[]): readonly RawObject[] =>
    fields.some((field) => field in changes) ? objects() : [];
  const spec = { type: wish.serviceType, clusterIP: wish.clusterIP, ports: servicePorts(wish) };
  return [
    ingress(wish, [
      ...extra(['portNumber'], () => [
        {
          path: '/number',
          pathType: 'Exact',
          backend: { service: { name: 'web', port: { number: wish.portNumber } } },
        },
      ]),
      ...extra(['externalName'], () => [{ path: '/external', backend: backend('external', 'http') }]),
      ...extra(['endpointsAddress', 'slicePort'], () => [{ path: '/mirrored', backend: backend('mirrored', 'http') }]),
    ]),
    service(namespace, wish.serviceName, spec),
    slice(namespace, wish),
    secret(namespace, wish),
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name: 'headers' }, data: wish.headers },
    ...extra(['legacyService', 'legacyPort'], () => [legacyIngress(namespace, wish)]),
    ...extra(['canary'], () => [
      ingress({ ...wish, ingressName: 'next', annotations: wish.canary, defaultService: 'next', service: 'next' }, []),
      service(namespace, 'next', { ports: servicePorts(wish) }),
      slice(namespace, { ...wish, sliceName: 'next-1', sliceService: 'next' }),
    ]),
    ...extra(['externalName'], () => [
      service(namespace, 'external', { ...spec, type: 'ExternalName', externalName: wish.externalName }),
    ]),
    ...extra(['endpointsAddress', 'slicePort'], () => [
      service(namespace, 'mirrored', { ports: servicePorts(wish) }),
      endpoints(namespace, wish),
    ]),
    ...extra(['classOfOwn', 'controller'], () => [ingressClass(wish.classOfOwn, wish.controller)]),
    ...extra(['namespaceName'], () => [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: wish.namespaceName } },
    ]),
  ];
};

const ALLOWED = { 'global-allowed-response-headers': 'X-Allowed' };

/** The class of the installation, and its ConfigMap with this content. */
export const installation = (data: Readonly<Record<string, unknown>> = ALLOWED): readonly RawObject[] => [
  ingressClass('nginx', 'k8s.io/ingress-nginx'),
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace: 'ingress-nginx', name: 'ingress-nginx-controller' },
    data,
  },
];

/** Where the innocent tenant's pod is, and the certificate of its host. */
export interface InnocentFacts {
  readonly address: string;
  readonly port: number;
  readonly certificate: { readonly cert: string; readonly key: string };
}

const innocentIngress = (
  name: string,
  host: string,
  rule: { readonly path: string; readonly service?: string; readonly annotations?: Readonly<Record<string, string>> },
): RawObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: {
    namespace: 'innocent',
    name,
    creationTimestamp: '2026-01-01T00:00:00Z',
    annotations: prefixed(rule.annotations ?? {}),
  },
  spec: {
    ingressClassName: 'nginx',
    rules: [
      {
        host,
        http: { paths: [{ path: rule.path, pathType: 'Prefix', backend: backend(rule.service ?? 'web', 'http') }] },
      },
    ],
    ...(name === 'shop' ? { tls: [{ hosts: [host], secretName: 'cert' }] } : {}),
  },
});

const password = { 'auth-type': 'basic', 'auth-secret': 'users' };

/** A tenant with TLS, a password, redirects, a rewrite and a wildcard host, whose answers no other tenant may change. */
export const innocents = ({ address, port, certificate }: InnocentFacts): readonly RawObject[] => [
  innocentIngress('shop', 'shop.example', { path: '/', annotations: { 'ssl-redirect': 'false' } }),
  innocentIngress('private', 'shop.example', {
    path: '/private',
    annotations: { ...password, 'ssl-redirect': 'false' },
  }),
  innocentIngress('moved', 'moved.example', { path: '/old(/|$)(.*)', annotations: { 'rewrite-target': '/new/$2' } }),
  innocentIngress('wild', '*.wild.example', { path: '/', annotations: { 'allowlist-source-range': '127.0.0.0/8' } }),
  innocentIngress('tls', 'tls.example', { path: '/', annotations: { 'force-ssl-redirect': 'true' } }),
  innocentIngress('root', 'root.example', { path: '/', annotations: { 'app-root': '/home' } }),
  innocentIngress('empty', 'empty.example', { path: '/${x}$', service: 'empty' }),
  service('innocent', 'empty', { ports: [{ name: 'http', port: 80 }] }),
  service('innocent', 'web', { ports: [{ name: 'http', port: 80, targetPort: port }] }),
  slice('innocent', { ...harmless('innocent'), address, slicePort: port }),
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace: 'innocent', name: 'users' },
    data: encoded({ auth: passwordFile('innocent') }),
  },
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace: 'innocent', name: 'cert' },
    type: 'kubernetes.io/tls',
    data: encoded({ 'tls.crt': certificate.cert, 'tls.key': certificate.key }),
  },
];
