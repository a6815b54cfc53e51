import { fail } from '../values/result.ts';
import { authSnippet, authUrl, cacheDurations, headerNames, signInUrl } from './auth-values.ts';
import { keyExpression } from './key-expression.ts';
import { bool, objectName, oneOf, textMatching, wholeNumber, type ValueType } from './value-types.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE'] as const;

const closes = { source: 'annotation', scope: 'location', onInvalid: 'close' } as const;
/** Without it more is asked for, or as much; yet a route that lost it is another one. */
const shapes = { ...closes, onInvalid: 'default', protects: () => true } as const;
const ofInstallation = { source: 'configmap', scope: 'http' } as const;

/** Exact and upper case, as in ingress-nginx. */
const method: ValueType<(typeof METHODS)[number]> = {
  ...oneOf(METHODS),
  parse: (text) => {
    const found = oneOf(METHODS).parse(text);
    return found.ok && found.value === text ? found : fail(`one of ${METHODS.join(', ')}, in upper case`);
  },
};

const redirectTarget = textMatching(
  'text of letters, digits and + - . _ ~ / : , ? & =',
  /^[A-Za-z0-9+\-._~/:,?&=]{1,1000}$/,
  'https://app.example/start',
);
const parameter = textMatching('the name of a query parameter', /^[A-Za-z0-9\-._~]{1,100}$/, 'redirect_to');
const someDurations = ['200 202 401 5m'] as const;

/** Keys of an Ingress. */
export const ownAuthKeys = {
  'auth-url': {
    ...closes,
    type: authUrl,
    risk: 'High',
    compat: 'stricter',
    doc: 'Who is asked whether a request may pass: an answer 2xx lets it pass, 401 and 403 are the answer of the client, every other one is 500. A Service (NAME.NAMESPACE.svc or NAME.NAMESPACE.svc.cluster.local, and one of its ports) is asked by its pods, other names as the resolv.conf of the Pod resolves them, without search domains. $host is the host of the rule; a host with a wildcard cannot have it. An empty or invalid value, and a Service or port that does not exist, close the routes; ingress-nginx leaves some of them open. Headers X-Original-URI, X-Scheme, X-Forwarded-Method and X-Forwarded-Uri of clients do not reach the service.',
  },
  'auth-method': {
    ...closes,
    type: method,
    risk: 'Low',
    compat: 'same',
    doc: 'Method of the question, in upper case; GET where it is absent. With it the service also gets X-Original-URI and X-Scheme.',
  },
  'auth-signin': {
    ...shapes,
    type: signInUrl,
    risk: 'High',
    compat: 'stricter',
    doc: 'Where 401 leads: 302 to this URL, with the URL of the request in the parameter rd. The path is percent-encoded, but / : = @ and the like stay as they are, which a query may hold. A request whose path or query has a part . or .. comes back to /. Variables of an auth-snippet are refused.',
  },
  'auth-signin-redirect-param': {
    ...shapes,
    type: parameter,
    default: 'rd',
    risk: 'Medium',
    compat: 'stricter',
    doc: 'Name of the parameter of auth-signin that holds the URL of the request; nothing is added where auth-signin has it already. What is no name of a parameter is refused; ingress-nginx takes every text of a URL.',
  },
  'auth-snippet': {
    ...closes,
    type: authSnippet,
    isSnippet: true,
    risk: 'Critical',
    compat: 'stricter',
    doc: 'Directives for the location that asks, under the same conditions as configuration-snippet. What answers in place of the service, rewrites, or changes errors is refused.',
  },
  'auth-cache-key': {
    ...shapes,
    type: keyExpression,
    risk: 'Medium',
    compat: 'stricter',
    doc: 'Answers are remembered by this key. Ingress, host, Cookie and Authorization always belong to it, and nothing is remembered where its variables are empty, so that no client gets the answer of another one; in ingress-nginx the key alone decides. Answers with Set-Cookie are not remembered.',
  },
  'auth-cache-duration': {
    ...closes,
    type: cacheDurations,
    default: someDurations,
    risk: 'Medium',
    compat: 'stricter',
    doc: 'How long answers are remembered, by status code. ingress-nginx leaves routes open where a value has a strange character.',
  },
  'auth-keepalive': {
    ...shapes,
    type: wholeNumber(0, 10_000),
    default: 0,
    risk: 'Low',
    compat: 'no-op',
    doc: 'Has no effect: connections to the service are always kept, which ingress-nginx does where HTTP/2 is off everywhere.',
  },
  'auth-keepalive-share-vars': {
    ...shapes,
    type: bool,
    default: false,
    risk: 'Low',
    compat: 'no-op',
    doc: 'Has no effect: the service and the backend always get the same X-Request-ID.',
  },
  'auth-keepalive-requests': {
    ...shapes,
    type: wholeNumber(0, 1_000_000_000),
    default: 1_000,
    risk: 'Low',
    compat: 'no-op',
    doc: 'Has no effect, like auth-keepalive.',
  },
  'auth-keepalive-timeout': {
    ...shapes,
    type: wholeNumber(0, 2_000_000, 'seconds'),
    default: 60,
    risk: 'Low',
    compat: 'no-op',
    doc: 'Has no effect, like auth-keepalive.',
  },
  'auth-response-headers': {
    ...closes,
    type: headerNames,
    risk: 'Medium',
    compat: 'same',
    doc: 'Headers of the answer that the backend gets in place of those of the client; where the answer lacks one, the backend gets none.',
  },
  'auth-proxy-set-headers': {
    ...closes,
    type: objectName('ConfigMap', 'shop/auth-headers'),
    risk: 'Medium',
    compat: 'stricter',
    doc: 'ConfigMap with further headers of the question. Values may hold $http_NAME and the variables of auth-url; other variables, a missing ConfigMap and one of another namespace (without allow-cross-namespace-resources) close the routes.',
  },
  'auth-request-redirect': {
    ...closes,
    type: redirectTarget,
    risk: 'Medium',
    compat: 'stricter',
    doc: 'Header X-Auth-Request-Redirect of the question; the path and query of the request where it is absent. ingress-nginx leaves routes open where it is invalid.',
  },
  'auth-always-set-cookie': {
    ...closes,
    type: bool,
    default: false,
    risk: 'Low',
    compat: 'stricter',
    doc: 'Whether Set-Cookie of the answer reaches the client with every status; else only with 200, 201, 204, 206, 301, 302, 303, 304, 307 and 308. ingress-nginx leaves routes open where it is invalid.',
  },
  'enable-global-auth': {
    ...shapes,
    type: bool,
    default: true,
    risk: 'Low',
    compat: 'same',
    doc: 'Whether global-auth-url holds for the Ingress, where it has no auth-url of its own.',
  },
} as const;

/** Keys of the ConfigMap, for every route whose Ingress has no auth-url of its own. */
export const globalAuthKeys = {
  'global-auth-url': {
    ...ofInstallation,
    type: authUrl,
    risk: 'High',
    onInvalid: 'close',
    compat: 'stricter',
    doc: 'auth-url of every Ingress that has none, except with enable-global-auth false. An invalid value closes every route; ingress-nginx opens them.',
  },
  'global-auth-method': {
    ...ofInstallation,
    type: method,
    risk: 'Low',
    onInvalid: 'default',
    compat: 'same',
    doc: 'auth-method beside global-auth-url.',
  },
  'global-auth-signin': {
    ...ofInstallation,
    type: signInUrl,
    risk: 'High',
    onInvalid: 'default',
    compat: 'stricter',
    doc: 'Like auth-signin, also in what differs from ingress-nginx, beside global-auth-url.',
  },
  'global-auth-signin-redirect-param': {
    ...ofInstallation,
    type: parameter,
    default: 'rd',
    risk: 'Medium',
    onInvalid: 'default',
    compat: 'stricter',
    doc: 'Like auth-signin-redirect-param, also in what differs from ingress-nginx, beside global-auth-signin.',
  },
  'global-auth-response-headers': {
    ...ofInstallation,
    type: headerNames,
    risk: 'Medium',
    onInvalid: 'close',
    compat: 'stricter',
    doc: 'auth-response-headers beside global-auth-url. An invalid value closes every route: clients could send what the service should say.',
  },
  'global-auth-request-redirect': {
    ...ofInstallation,
    type: redirectTarget,
    risk: 'Medium',
    onInvalid: 'default',
    compat: 'same',
    doc: 'auth-request-redirect beside global-auth-url.',
  },
  'global-auth-snippet': {
    ...ofInstallation,
    type: authSnippet,
    risk: 'Critical',
    onInvalid: 'close',
    compat: 'stricter',
    doc: 'auth-snippet beside global-auth-url; needs no other key. An invalid value closes every route.',
  },
  'global-auth-cache-key': {
    ...ofInstallation,
    type: keyExpression,
    risk: 'Medium',
    onInvalid: 'default',
    compat: 'stricter',
    doc: 'Like auth-cache-key, also in what differs from ingress-nginx, beside global-auth-url.',
  },
  'global-auth-cache-duration': {
    ...ofInstallation,
    type: cacheDurations,
    default: someDurations,
    risk: 'Medium',
    onInvalid: 'default',
    compat: 'same',
    doc: 'auth-cache-duration beside global-auth-cache-key.',
  },
  'global-auth-always-set-cookie': {
    ...ofInstallation,
    type: bool,
    default: false,
    risk: 'Low',
    onInvalid: 'default',
    compat: 'same',
    doc: 'auth-always-set-cookie beside global-auth-url.',
  },
  'enable-auth-access-log': {
    ...ofInstallation,
    type: bool,
    default: false,
    risk: 'Low',
    onInvalid: 'default',
    compat: 'same',
    doc: 'Whether the questions stand in the access log.',
  },
} as const;
