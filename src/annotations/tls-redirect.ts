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
  emitLocation(settings, location, route) {
    const wanted = settings['force-ssl-redirect'] || (settings['ssl-redirect'] && route.hasCertificate);
    const exempt = settings['no-tls-redirect-locations'].some((prefix) => route.path.startsWith(prefix));
    if (!wanted || exempt) return;
    location.answerIf({
      phase: 'tls-redirect',
      variable: 'pt_access_scheme',
      equals: 'http',
      code: Number(settings['http-redirect-code']),
      target: settings['preserve-trailing-slash'] ? route.httpsUrl('request_uri') : route.httpsUrl('pt_redirect_uri'),
    });
  },
});
