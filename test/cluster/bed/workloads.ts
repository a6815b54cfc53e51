import type { Images } from './images.ts';

/** A Deployment of the echo image with a Service in front of it, port 80 for HTTP and for datagrams. */
export const echoDeployment = (
  images: Images,
  facts: { readonly name: string; readonly replicas: number; readonly version?: string },
): readonly object[] => {
  const { name, replicas, version = 'one' } = facts;
  const labels = { app: name };
  const container = {
    name: 'echo',
    image: images.echo,
    imagePullPolicy: 'IfNotPresent',
    env: [
      { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'VERSION', value: version },
    ],
    ports: [
      { name: 'http', containerPort: 8080 },
      { name: 'datagrams', containerPort: 8080, protocol: 'UDP' },
    ],
    readinessProbe: { httpGet: { path: '/', port: 'http' }, periodSeconds: 1 },
    // As for every Ingress controller: a backend serves until everybody knows that it goes.
    lifecycle: { preStop: { sleep: { seconds: 3 } } },
  };
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace: 'default' },
      spec: {
        replicas,
        selector: { matchLabels: labels },
        strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        template: { metadata: { labels }, spec: { terminationGracePeriodSeconds: 10, containers: [container] } },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: 'default' },
      spec: {
        selector: labels,
        ports: [
          { name: 'http', port: 80, targetPort: 'http' },
          { name: 'datagrams', port: 80, targetPort: 'datagrams', protocol: 'UDP' },
        ],
      },
    },
  ];
};

/** An Ingress of the class nginx with one Prefix path (or a path of another type). */
export const ingressObject = (
  name: string,
  facts: {
    readonly host: string;
    readonly service: string;
    readonly path?: string;
    readonly pathType?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  },
): object => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: {
    name,
    namespace: 'default',
    annotations: Object.fromEntries(
      Object.entries(facts.annotations ?? {}).map(([key, value]) => [`nginx.ingress.kubernetes.io/${key}`, value]),
    ),
  },
  spec: {
    ingressClassName: 'nginx',
    rules: [
      {
        host: facts.host,
        http: {
          paths: [
            {
              path: facts.path ?? '/',
              pathType: facts.pathType ?? 'Prefix',
              backend: { service: { name: facts.service, port: { name: 'http' } } },
            },
          ],
        },
      },
    ],
  },
});
