/** Where a pod listens. */
export interface Pod {
  readonly address: string;
  readonly port: number;
}

/** A Service with one slice for each port number that its pods have. */
export const service = (name: string, pods: readonly Pod[], namespace = 'default'): string => {
  const byPort = Map.groupBy(pods, (pod) => pod.port);
  const slices = [...byPort].map(
    ([port, members]) => `---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: ${name}-${port}, namespace: ${namespace}, labels: { kubernetes.io/service-name: ${name} } }
addressType: IPv4
ports: [{ name: http, port: ${port} }]
endpoints: [${members.map(({ address }) => `{ addresses: ['${address}'] }`).join(', ')}]
`,
  );
  return `---
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: ${namespace} }
spec: { ports: [{ name: http, port: 80, targetPort: http }] }
${slices.join('')}`;
};

/** What an Ingress of a test is about. */
export interface IngressFacts {
  readonly host: string;
  readonly service: string;
  readonly path?: string;
  readonly namespace?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An Ingress with one host and one Prefix path. */
export const ingress = (
  name: string,
  { host, service: backend, path = '/', namespace = 'default', annotations = {} }: IngressFacts,
): string => {
  const prefixed = Object.entries(annotations).map(([key, value]) => [`nginx.ingress.kubernetes.io/${key}`, value]);
  return `---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: ${name}
  namespace: ${namespace}
  annotations: ${JSON.stringify(Object.fromEntries(prefixed))}
spec:
  ingressClassName: nginx
  rules:
    - host: ${JSON.stringify(host)}
      http: { paths: [{ path: ${path}, pathType: Prefix, backend: { service: { name: ${backend}, port: { name: http } } } }] }
`;
};

/** The ConfigMap that lets Ingresses carry snippets. */
export const allowSnippets = `---
apiVersion: v1
kind: ConfigMap
metadata: { name: portico, namespace: default }
data: { allow-snippet-annotations: 'true', annotations-risk-level: Critical }
`;
