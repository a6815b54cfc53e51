import { addAuthRequest } from './auth-request.ts';
import { authHeaders, type AuthRequest } from './auth-settings.ts';
import { defineFamily, type CheckContext, type Finding, type SettingsOf } from './define.ts';
import { globalAuthKeys, ownAuthKeys } from './external-auth-keys.ts';

const keys = { ...ownAuthKeys, ...globalAuthKeys } as const;

type Settings = SettingsOf<typeof keys>;

const ownRequest = (settings: Settings): AuthRequest | undefined => {
  const url = settings['auth-url'];
  if (url === undefined) return undefined;
  return {
    url,
    method: settings['auth-method'],
    signIn: settings['auth-signin'],
    parameter: settings['auth-signin-redirect-param'],
    responseHeaders: settings['auth-response-headers'] ?? [],
    redirect: settings['auth-request-redirect'],
    cacheKey: settings['auth-cache-key'],
    durations: settings['auth-cache-duration'],
    alwaysSetsCookie: settings['auth-always-set-cookie'],
    isLogged: settings['enable-auth-access-log'],
    snippet: settings['auth-snippet'] ?? [],
    headers: settings['auth-proxy-set-headers'],
  };
};

const globalRequest = (settings: Settings): AuthRequest | undefined => {
  const url = settings['global-auth-url'];
  if (url === undefined || !settings['enable-global-auth']) return undefined;
  return {
    url,
    method: settings['global-auth-method'],
    signIn: settings['global-auth-signin'],
    parameter: settings['global-auth-signin-redirect-param'],
    responseHeaders: settings['global-auth-response-headers'] ?? [],
    redirect: settings['global-auth-request-redirect'],
    cacheKey: settings['global-auth-cache-key'],
    durations: settings['global-auth-cache-duration'],
    alwaysSetsCookie: settings['global-auth-always-set-cookie'],
    isLogged: settings['enable-auth-access-log'],
    snippet: settings['global-auth-snippet'] ?? [],
    headers: undefined,
  };
};

/** An Ingress with an auth-url takes nothing from the global keys, as in ingress-nginx. */
const requestOf = (settings: Settings): AuthRequest | undefined => ownRequest(settings) ?? globalRequest(settings);

/** Keys that say something of an authentication only. */
const DEPENDENT = [
  'auth-method',
  'auth-signin',
  'auth-snippet',
  'auth-cache-key',
  'auth-response-headers',
  'auth-proxy-set-headers',
  'auth-request-redirect',
  'auth-always-set-cookie',
] as const;

/** Whoever writes these wanted a protection. */
const withoutUrl = (settings: Settings, { written }: CheckContext): readonly Finding[] => {
  const key = DEPENDENT.find((one) => written.has(one));
  if (key === undefined) return [];
  const expected = `auth-url beside ${key}`;
  if (globalRequest(settings) === undefined)
    return [{ key: 'auth-url', code: 'InvalidSecurityAnnotation', expected, closes: true }];
  const consequence = 'ignoring it, because global-auth-url holds';
  return [{ key, code: 'InvalidAnnotation', expected, closes: false, consequence }];
};

const headerFindings = (reference: string | undefined, { references }: CheckContext): readonly Finding[] => {
  const headers = authHeaders(reference, references);
  if (headers.ok || reference === undefined) return [];
  return [{ key: 'auth-proxy-set-headers', received: reference, closes: true, ...headers.error }];
};

const ownFindings = (settings: Settings, context: CheckContext): readonly Finding[] => {
  const own = ownRequest(settings);
  if (own === undefined) return withoutUrl(settings, context);
  const objection = context.references.objection(own.url.callee);
  return [
    ...(objection === undefined ? [] : [{ key: 'auth-url', ...objection, closes: true }]),
    ...headerFindings(own.headers, context),
  ];
};

const globalFindings = (settings: Settings, { references }: CheckContext): readonly Finding[] => {
  const url = settings['global-auth-url'];
  const objection = url === undefined ? undefined : references.objection(url.callee);
  if (objection === undefined) return [];
  return [{ key: 'global-auth-url', ...objection, closes: false, consequence: 'routes that ask it answer 503' }];
};

/** A service that NGINX asks whether a request may pass. */
export const externalAuth = defineFamily({
  name: 'external-auth',
  summary: 'A service that is asked whether a request may pass.',
  keys,
  check: (settings, context) =>
    context.invalid === 'InvalidSetting' ? globalFindings(settings, context) : ownFindings(settings, context),
  shape(settings, route) {
    const request = requestOf(settings);
    if (request !== undefined && !route.exempt) route.callees.auth = request.url.callee;
  },
  emitLocation(settings, location, route) {
    const request = requestOf(settings);
    // The default backend of the installation belongs to nobody who could ask for a protection.
    if (request === undefined || route.exempt || route.names.ingress === '') return;
    addAuthRequest(request, location, route);
  },
});
