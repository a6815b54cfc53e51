import type { ApiObject } from '../test/support/api-writer.ts';

/** The port at which every Pod of the bench answers (`pods.conf`). */
export const POD_PORT = 8080;

const namespace = 'default';

/** The address of the Pod number N, one of the bed's stand-ins. */
export const podAddress = (number: number): string => `10.245.${Math.floor(number / 250)}.${1 + (number % 250)}`;

/** The EndpointSlice of a site, with one Pod. */
export const sliceOf = (name: string, address: string): ApiObject => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name, namespace, labels: { 'kubernetes.io/service-name': name } },
  addressType: 'IPv4',
  ports: [{ name: 'http', port: POD_PORT, protocol: 'TCP' }],
  endpoints: [{ addresses: [address], conditions: { ready: true } }],
});

/** The Service of a site. */
export const serviceOf = (name: string): ApiObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace },
  spec: { ports: [{ name: 'http', port: 80, targetPort: POD_PORT }] },
});

/** The host of a site. */
export const hostOf = (name: string): string => `${name}.test`;

/** The Ingress of a site: one host, one path. */
export const ingressOf = (name: string): ApiObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name, namespace },
  spec: {
    ingressClassName: 'nginx',
    rules: [
      {
        host: hostOf(name),
        http: {
          paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name, port: { number: 80 } } } }],
        },
      },
    ],
  },
});
