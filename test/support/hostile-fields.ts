import type { Family, KeySpec } from '../../src/annotations/define.ts';
import { families } from '../../src/annotations/index.ts';
import { encoded, OWN_NAMESPACE, prefixed, wishFields, type Wish } from './hostile-cluster.ts';

/** A place where a tenant can put any text. */
export interface HostileField {
  readonly name: string;
  readonly wish: (value: unknown) => Partial<Wish>;
  /** Harmless values; between them they show every form that the tenant's blocks may take. */
  readonly harmless: readonly unknown[];
}

const registry: readonly Family[] = families;

/** Every key of the registry. */
export const keySpecs: readonly (readonly [key: string, spec: KeySpec])[] = registry.flatMap((family) =>
  Object.entries(family.keys),
);

const PASSWORD = { 'auth-type': 'basic', 'auth-secret': 'users' };
const QUESTION = {
  'auth-url': 'http://auth.example/check',
  'auth-signin': 'https://login.example/',
  'auth-cache-key': '$cookie_session',
};

/** By the beginning of the key; the first counts. */
const COMPANIONS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  affinity: { affinity: 'cookie' },
  'auth-type': PASSWORD,
  'auth-secret': PASSWORD,
  'auth-realm': PASSWORD,
  'auth-tls-secret': {},
  'auth-tls-': { 'auth-tls-secret': `${OWN_NAMESPACE}/users` },
  'auth-': QUESTION,
  'cors-': { 'enable-cors': 'true' },
  'custom-http-errors': { 'default-backend': 'web' },
  'default-backend': { 'custom-http-errors': '404' },
  'fastcgi-': { 'backend-protocol': 'FCGI' },
  'mirror-': { 'mirror-target': 'http://192.0.2.1$request_uri' },
  'session-cookie-': { affinity: 'cookie', 'session-cookie-samesite': 'None' },
  'preserve-trailing-slash': { 'force-ssl-redirect': 'true' },
  'x-forwarded-prefix': { 'rewrite-target': '/$1' },
};

/** Without these a key has no effect, or the route is closed before it could have one. */
const companions = (key: string): Readonly<Record<string, unknown>> => {
  const found = Object.entries(COMPANIONS).find(([prefix]) => key.startsWith(prefix));
  return found?.[1] ?? { 'use-regex': 'true' };
};

const annotationField = (name: string, harmless: readonly unknown[]): HostileField => ({
  name: `annotation ${name}`,
  wish: (value) => ({ annotations: prefixed({ ...companions(name), [name]: value }), path: '/api(.*)' }),
  harmless: [...harmless, ...(name === 'auth-tls-secret' ? [`${OWN_NAMESPACE}/users`] : []), 'not valid;', ''],
});

/** Of an Ingress beside that of the tenant. */
const canaryField = (name: string, harmless: readonly unknown[]): HostileField => ({
  name: `annotation ${name}`,
  wish: (value) => ({
    canary: prefixed({ canary: 'true', 'canary-by-header': 'X-Canary', 'canary-weight': '10', [name]: value }),
  }),
  harmless: [...harmless, 'not valid;'],
});

/** Of cookies that NGINX itself sets. */
const persistentFields: readonly HostileField[] = keySpecs
  .filter(([key]) => key.startsWith('session-cookie-'))
  .map(([key, { type }]) => ({
    name: `annotation ${key}, in persistent mode`,
    wish: (value) => ({ annotations: prefixed({ affinity: 'cookie', 'affinity-mode': 'persistent', [key]: value }) }),
    harmless: [...type.examples, 'not valid;'],
  }));

const annotationFields: readonly HostileField[] = [
  ...keySpecs
    .filter(([, spec]) => spec.source !== 'configmap')
    .flatMap(([key, { aliases = [], type }]) =>
      [key, ...aliases].map((name) => (name.startsWith('canary') ? canaryField : annotationField)(name, type.examples)),
    ),
  ...persistentFields,
  annotationField('no-such-annotation', ['x']),
  {
    name: 'the class annotation',
    wish: (value) => ({ className: undefined, annotations: { 'kubernetes.io/ingress.class': value } }),
    harmless: ['nginx', 'other'],
  },
  {
    name: 'the name of an annotation of ours',
    wish: (value) => ({ annotations: prefixed({ [String(value)]: 'x' }) }),
    harmless: ['x'],
  },
  { name: 'the name of an annotation', wish: (value) => ({ annotations: { [String(value)]: 'x' } }), harmless: ['x'] },
  { name: 'the name of a label', wish: (value) => ({ labels: { [String(value)]: 'x' } }), harmless: ['x'] },
  { name: 'the value of a label', wish: (value) => ({ labels: { app: value } }), harmless: ['x'] },
  { name: 'the value of an annotation', wish: (value) => ({ annotations: { app: value } }), harmless: ['x'] },
];

const password = prefixed({ 'auth-type': 'basic', 'auth-secret': 'users' });
const passwordMap = { ...password, ...prefixed({ 'auth-secret-type': 'auth-map' }) };

const secretFields: readonly HostileField[] = [
  {
    name: 'a password file',
    wish: (value) => ({ annotations: password, data: encoded({ auth: String(value) }) }),
    harmless: ['user:hash'],
  },
  {
    name: 'a value that is no base64',
    wish: (value) => ({ annotations: password, data: { auth: value } }),
    harmless: ['eA=='],
  },
  {
    name: 'a user',
    wish: (value) => ({ annotations: passwordMap, data: encoded({ [String(value)]: 'hash' }) }),
    harmless: ['user'],
  },
  {
    name: 'the password of a user',
    wish: (value) => ({ annotations: passwordMap, data: encoded({ user: String(value) }) }),
    harmless: ['hash'],
  },
];

const headers = prefixed({ 'custom-headers': 'headers' });

const question = prefixed({ ...QUESTION, 'auth-proxy-set-headers': 'headers' });

const headerFields: readonly HostileField[] = [
  {
    name: 'a header of the question to an authentication service',
    wish: (value) => ({ annotations: question, headers: { 'X-Allowed': value } }),
    harmless: ['v', '$host of $namespace', '$arg_x'],
  },
  {
    name: 'the name of a header of that question',
    wish: (value) => ({ annotations: question, headers: { [String(value)]: 'v' } }),
    harmless: ['X-Other', 'Upgrade'],
  },
  {
    name: 'a header of answers',
    wish: (value) => ({ annotations: headers, headers: { 'X-Allowed': value } }),
    harmless: ['v'],
  },
  {
    name: 'the name of a header of answers',
    wish: (value) => ({ annotations: headers, headers: { 'X-Allowed': 'v', [String(value)]: 'v' } }),
    harmless: ['X-Allowed', 'X-Other'],
  },
];

const params = prefixed({ 'backend-protocol': 'FCGI', 'fastcgi-params-configmap': 'headers' });

const paramFields: readonly HostileField[] = [
  {
    name: 'a parameter of FastCGI',
    wish: (value) => ({ annotations: params, headers: { TOLD: value } }),
    harmless: ['v', '$host', 'not valid;'],
  },
  {
    name: 'the name of a parameter of FastCGI',
    wish: (value) => ({ annotations: params, headers: { TOLD: 'v', [String(value)]: 'v' } }),
    harmless: ['TOLD', 'OTHER'],
  },
];

/** The same fields where the path of the host is a regular expression. */
const regexFields: readonly HostileField[] = [
  {
    name: 'path, as a regular expression',
    wish: (value) => ({ path: value, annotations: prefixed({ 'use-regex': 'true' }) }),
    harmless: ['/a(b)', 'no path'],
  },
  {
    name: 'path, rewritten',
    wish: (value) => ({ path: value, annotations: prefixed({ 'rewrite-target': '/$1$2' }) }),
    harmless: ['/a(b)(c)', '/', 'no path'],
  },
  {
    name: 'path, rewritten to its text',
    wish: (value) => ({ path: value, annotations: prefixed({ 'rewrite-target': value }) }),
    harmless: ['/', '/a', 'no path'],
  },
];

const variants: Readonly<Partial<Record<keyof Wish, readonly unknown[]>>> = {
  path: ['/', '/a', '/a/', 'no path'],
  pathType: ['Exact', 'Prefix', 'ImplementationSpecific', 'Other'],
  host: ['', 'a.example', '*.a.example', '-'],
  className: ['nginx', 'other'],
  serviceType: ['ClusterIP', 'ExternalName'],
  servicePortProtocol: ['TCP', 'UDP'],
  externalName: ['backend.internal', 'localhost'],
};

/** Every text field of every object that a tenant may own. */
export const hostileFields: readonly HostileField[] = [
  ...wishFields.map((field): HostileField => ({
    name: field,
    wish: (value) => ({ [field]: value }),
    harmless: variants[field] ?? ['a-b'],
  })),
  ...regexFields,
  ...annotationFields,
  ...secretFields,
  ...headerFields,
  ...paramFields,
  {
    name: 'clusterIP, asked instead of pods',
    wish: (value) => ({ clusterIP: value, annotations: prefixed({ 'service-upstream': 'true' }) }),
    harmless: ['10.96.0.1', 'None'],
  },
];

/** Content of the installation's ConfigMap with the same text under every key. */
export const hostileSettings = (text: unknown): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    keySpecs.filter(([, spec]) => spec.source !== 'annotation').map(([key, spec]) => [spec.configMapKey ?? key, text]),
  );
