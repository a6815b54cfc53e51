import { defineFamily } from './define.ts';
import { pathPrefixes } from './path-prefixes.ts';
import { bool, oneOf } from './value-types.ts';

const common = { type: bool, source: 'both', scope: 'location', onInvalid: 'default', compat: 'same' } as const;
const configOnly = { source: 'configmap', scope: 'http', risk: 'Low', onInvalid: 'default', compat: 'same' } as const;

/** From plain HTTP to HTTPS, after other redirects and before access rules. */
export const tlsRedirect = defineFamily({
  name: 'tls-redirect',
  summary: 'Redirects from plain HTTP to HTTPS, before access rules are asked.',
  keys: {
    'ssl-redirect': {
      ...common,
      default: true,
      risk: 'Low',
      doc: 'Redirects plain HTTP to HTTPS where the host has a tls section.',
    },
    'force-ssl-redirect': {
      ...common,
      default: false,
      risk: 'Medium',
      doc: 'Redirects to HTTPS also where the host has no certificate, for TLS that ends in front of Portico.',
    },
    'preserve-trailing-slash': {
      ...common,
      default: false,
      risk: 'Medium',
      doc: 'Keeps the last slash of the path in redirects to HTTPS, which is dropped otherwise.',
    },
    'use-port-in-redirects': {
      ...common,
      default: false,
      risk: 'Low',
      doc: 'Whether redirects to HTTPS and those that NGINX builds from a path name the port, also where it is the usual one.',
    },
    'http-redirect-code': {
      ...configOnly,
      type: oneOf(['301', '302', '307', '308']),
      default: '308',
      doc: 'Status code of redirects to HTTPS.',
    },
    'no-tls-redirect-locations': {
      ...configOnly,
      type: pathPrefixes,
      default: ['/.well-known/acme-challenge'],
      doc: 'Paths that begin with one of these are never redirected to HTTPS.',
    },
  },
  emitHttp(settings, http) {
    http.add('port_in_redirect', settings['use-port-in-redirects']);
  },
  emitLocation(settings, location, route) {
    const namesPort = settings['use-port-in-redirects'];
    if (route.written.has('use-port-in-redirects')) location.add('port_in_redirect', namesPort);
    const wanted = settings['force-ssl-redirect'] || (settings['ssl-redirect'] && route.hasCertificate);
    const exempt = settings['no-tls-redirect-locations'].some((prefix) => route.path.startsWith(prefix));
    if (!wanted || exempt) return;
    location.answerIf({
      phase: 'tls-redirect',
      variable: 'pt_access_scheme',
      equals: 'http',
      code: Number(settings['http-redirect-code']),
      target: route.httpsUrl(settings['preserve-trailing-slash'] ? 'request_uri' : 'pt_redirect_uri', { namesPort }),
    });
  },
});
