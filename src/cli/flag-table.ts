import {
  bool,
  dnsName,
  healthPath,
  labelSelector,
  level,
  logFile,
  namespacedName,
  namespaceName,
  oneOf,
  port,
  portOrNone,
  stateFolder,
  text,
  type FlagType,
} from './flag-types.ts';

/** A flag that has an effect. */
export interface FlagSpec {
  readonly type: FlagType;
  /** As it is written; absent: not set. */
  readonly default?: string;
  readonly doc: string;
}

/** A table of flags by their names, without the dashes. */
export type FlagTable = Readonly<Record<string, FlagSpec>>;

/** Flags of ingress-nginx that say what to serve and how: for every command that plans. */
export const planningFlags = {
  'ingress-class': {
    type: text('name'),
    default: 'nginx',
    doc: 'value of the annotation kubernetes.io/ingress.class of our Ingresses',
  },
  'controller-class': {
    type: text('name'),
    default: 'k8s.io/ingress-nginx',
    doc: 'spec.controller of our IngressClasses',
  },
  'watch-ingress-without-class': { type: bool, default: 'false', doc: 'also serve Ingresses without a class' },
  'ingress-class-by-name': {
    type: bool,
    default: 'false',
    doc: 'also serve the IngressClass named --ingress-class, whatever its controller',
  },
  'watch-namespace': { type: namespaceName, doc: 'serve one namespace only; not with --watch-namespace-selector' },
  'watch-namespace-selector': {
    type: labelSelector,
    doc: 'serve only namespaces with these labels; a namespace that is not known is not served',
  },
  configmap: { type: namespacedName, doc: 'ConfigMap with global settings; defaults where it is missing' },
  'default-backend-service': {
    type: namespacedName,
    doc: 'Service for requests that nobody wants, by its first port; NGINX answers 404 where it is missing',
  },
  'default-ssl-certificate': { type: namespacedName, doc: 'Secret for hosts without a usable certificate' },
  'tcp-services-configmap': { type: namespacedName, doc: 'ConfigMap of TCP ports and their Services' },
  'udp-services-configmap': { type: namespacedName, doc: 'ConfigMap of UDP ports and their Services' },
  'enable-ssl-passthrough': { type: bool, default: 'false', doc: 'pass on the TLS of hosts that ask for it' },
  'disable-catch-all': {
    type: bool,
    default: 'false',
    doc: 'leave out Ingresses with spec.defaultBackend, with all their rules',
  },
  'disable-svc-external-name': {
    type: bool,
    default: 'false',
    doc: 'serve no Service of type ExternalName: its routes answer 503',
  },
  'annotations-prefix': {
    type: dnsName,
    default: 'nginx.ingress.kubernetes.io',
    doc: 'prefix of our annotations',
  },
  'http-port': { type: port, default: '80', doc: 'port that NGINX listens on for HTTP' },
  'https-port': { type: port, default: '443', doc: 'port that NGINX listens on for HTTPS' },
  'health-check-path': {
    type: healthPath,
    default: '/healthz',
    doc: 'path of health, of the controller and of NGINX on hosts that nobody has; probes of the Pod keep /healthz and /livez',
  },
} as const satisfies FlagTable;

/** Flags of Portico that say how to plan. */
export const ownPlanningFlags = {
  'public-http-port': { type: port, doc: 'port that clients see for HTTP; --http-port where it is not set' },
  'public-https-port': { type: port, doc: 'port that clients see for HTTPS; 443 where it is not set' },
  templates: { type: text('folder'), doc: 'folder with templates that replace ours by name (docs/templates.md)' },
  'security-mismatch': {
    type: oneOf('close', 'report'),
    default: 'close',
    doc: 'what becomes of routes that ask for a protection they cannot have: they answer 503, or are served without it and told, for a migration',
  },
  endpoints: {
    type: oneOf('auto', 'dns', 'reload'),
    default: 'auto',
    doc: 'how NGINX learns about Pods: by asking, or by a reload for each change',
  },
} as const satisfies FlagTable;

/** Flags of ingress-nginx that say where the API server is. */
export const serverFlags = {
  kubeconfig: { type: text('file'), doc: 'cluster to serve; the one of this Pod where it is not set' },
  'apiserver-host': { type: text('url'), doc: 'API server in place of the one that is configured' },
  'certificate-authority': { type: text('file'), doc: 'CA of --apiserver-host' },
} as const satisfies FlagTable;

/** Flags of ingress-nginx about ports of the Pod besides those of clients. */
export const podPortFlags = {
  'healthz-port': { type: portOrNone, default: '10254', doc: 'port of health and metrics, 0 for none' },
  'status-port': {
    type: portOrNone,
    default: '10246',
    doc: 'port of the probes of NGINX, where `portico agent --status-port` has it answer: no TCP or UDP service gets it; 0 for none',
  },
} as const satisfies FlagTable;

/** Flags of ingress-nginx that are about the process of the controller. */
export const controllerFlags = {
  ...podPortFlags,
  'healthz-host': { type: text('address'), doc: 'address of that port; all of them where it is not set' },
  'disable-sync-events': { type: bool, default: 'false', doc: 'write no Events' },
  v: { type: level, default: '0', doc: 'verbosity of the log; 2 and more says what changed' },
} as const satisfies FlagTable;

/** Flags of Portico about the process of the controller. */
export const ownControllerFlags = {
  manifests: { type: text('folder'), doc: 'folder of manifests to serve instead of a cluster' },
  'state-dir': { type: stateFolder, default: '/run/portico', doc: 'folder where controller and agent meet' },
  'access-log': { type: logFile, default: '/dev/stdout', doc: 'file or device for the access log, or off' },
} as const satisfies FlagTable;
