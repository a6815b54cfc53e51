import type { ApiObject } from '../support/api-writer.ts';
import type { EchoOptions } from '../support/echo-backend.ts';

/** Where the controller under test serves, and where its clients are, as in the recordings. */
export const SERVED_AT = '10.244.254.1';
/** Address of clients that say nothing else. */
export const CLIENT = '10.244.200.1';
/** The ConfigMap of the controller under test. */
export const SETTINGS = { namespace: 'ingress-nginx', name: 'ingress-nginx-controller' } as const;
/** The ConfigMap of its TCP services. */
export const TCP_SERVICES = `${SETTINGS.namespace}/tcp-services`;
/** Addresses of pods, clients and Services: all of them this machine's, inside the network namespace. */
export const SUBNETS = ['10.244.0.0/16', '10.96.0.0/16'] as const;

type PodFacts = Pick<EchoOptions, 'protocol' | 'servesErrors'> & { readonly address: string; readonly port?: number };

const hashed = Array.from({ length: 8 }, (_, index): readonly [string, PodFacts] => [
  `h${index + 1}`,
  { address: `10.244.13.${index + 1}` },
]);

/** Every pod by name: an echo that listens on 8080 where nothing else is said. */
export const pods: readonly (readonly [name: string, facts: PodFacts])[] = [
  ['a1', { address: '10.244.1.1' }],
  ['a2', { address: '10.244.1.2' }],
  ['a3', { address: '10.244.1.3' }],
  ['a1-alt', { address: '10.244.1.1', port: 8081 }],
  ['a2-alt', { address: '10.244.1.2', port: 8081 }],
  ['a3-alt', { address: '10.244.1.3', port: 8081 }],
  ['b1', { address: '10.244.2.1' }],
  ['c1', { address: '10.244.3.1' }],
  ['d1', { address: '10.244.11.1' }],
  ['e1', { address: '10.244.12.1' }],
  ['tls1', { address: '10.244.4.1', port: 8443, protocol: 'https' }],
  ['err1', { address: '10.244.5.1', servesErrors: true }],
  ['auth1', { address: '10.244.6.1' }],
  ['mirror1', { address: '10.244.7.1' }],
  ['grpc1', { address: '10.244.10.1', port: 9000, protocol: 'h2c' }],
  ['clusterip', { address: '10.96.100.1', port: 8090 }],
  ['swap1', { address: '10.244.14.1' }],
  ['swap2', { address: '10.244.14.2' }],
  ...hashed,
];

interface ServiceFacts {
  readonly name: string;
  readonly namespace?: string;
  /** Absent: there is no EndpointSlice. */
  readonly addresses?: readonly string[];
  readonly ports?: readonly { readonly name: string; readonly port: number; readonly targetPort: number }[];
  readonly clusterIP?: string;
}

const http = { name: 'http', port: 80, targetPort: 8080 };

const services: readonly ServiceFacts[] = [
  {
    name: 'echo-a',
    addresses: ['10.244.1.1', '10.244.1.2', '10.244.1.3'],
    ports: [http, { name: 'alt', port: 8081, targetPort: 8081 }],
  },
  { name: 'echo-a1', addresses: ['10.244.1.1'] },
  { name: 'echo-b', addresses: ['10.244.2.1'] },
  { name: 'echo-c', addresses: ['10.244.3.1'] },
  { name: 'echo-d', addresses: ['10.244.11.1'] },
  { name: 'echo-e', namespace: 'probe2', addresses: ['10.244.12.1'] },
  { name: 'echo-tls', addresses: ['10.244.4.1'], ports: [{ name: 'https', port: 443, targetPort: 8443 }] },
  { name: 'errors', addresses: ['10.244.5.1'] },
  { name: 'auth', addresses: ['10.244.6.1'] },
  { name: 'mirror', addresses: ['10.244.7.1'] },
  { name: 'grpc', addresses: ['10.244.10.1'], ports: [{ name: 'grpc', port: 9000, targetPort: 9000 }] },
  { name: 'hash', addresses: hashed.map(([, { address }]) => address) },
  {
    name: 'clusterip',
    addresses: ['10.244.2.1'],
    ports: [{ ...http, port: 8090 }],
    clusterIP: '10.96.100.1',
  },
  { name: 'no-endpoints' },
  { name: 'empty-slice', addresses: [] },
];

const objectsOf = ({ name, namespace = 'probe', addresses, ports = [http], clusterIP }: ServiceFacts): ApiObject[] => {
  const service: ApiObject = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { ports, ...(clusterIP === undefined ? {} : { clusterIP }) },
  };
  if (addresses === undefined) return [service];
  const slice: ApiObject = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${name}-1`, namespace, labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    ports: ports.map(({ name, targetPort }) => ({ name, port: targetPort })),
    endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
  };
  return [service, slice];
};

const ingressClass = (name: string, controller: string): ApiObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IngressClass',
  metadata: { name },
  spec: { controller },
});

/** What is in the cluster before and after every case. */
export const baseObjects: readonly ApiObject[] = [
  ...[SETTINGS.namespace, 'probe', 'probe2'].map((name) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name },
  })),
  ingressClass('nginx', 'k8s.io/ingress-nginx'),
  ingressClass('other', 'example.com/other'),
  ...services.flatMap(objectsOf),
];

/** The ConfigMap of the controller under test. */
export const settingsObject = (data: Readonly<Record<string, string>>): ApiObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: SETTINGS,
  data,
});

/** An object of a case, in the namespace of most where it names none. */
export const placed = (object: ApiObject): ApiObject => ({
  ...object,
  metadata: { namespace: 'probe', ...object.metadata },
});
