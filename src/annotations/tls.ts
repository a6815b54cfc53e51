import { ok } from '../values/result.ts';
import { defineFamily } from './define.ts';
import { bool, listOf } from './value-types.ts';

const common = { source: 'configmap', scope: 'http', risk: 'Low', onInvalid: 'default', compat: 'same' } as const;

const words = listOf('protocols out of TLSv1, TLSv1.1, TLSv1.2, TLSv1.3', /^TLSv1(\.[123])?$/, 'TLSv1.2 TLSv1.3');

/** NGINX warns of a protocol that is named twice, and a warning stops a publication. */
const protocols: typeof words = {
  ...words,
  parse: (text) => {
    const parsed = words.parse(text.split(/ +/).join(','));
    return parsed.ok ? ok([...new Set(parsed.value)]) : parsed;
  },
};

/** How NGINX speaks TLS and HTTP/2 to clients. */
export const tls = defineFamily({
  name: 'tls',
  summary: 'TLS versions and HTTP/2 toward clients.',
  keys: {
    'ssl-protocols': {
      ...common,
      type: protocols,
      default: ['TLSv1.2', 'TLSv1.3'],
      doc: 'TLS versions that clients may use, separated by spaces.',
    },
    'ssl-reject-handshake': {
      ...common,
      type: bool,
      default: false,
      doc: 'Whether TLS handshakes for hosts that no Ingress has are refused, instead of answered with the default certificate.',
    },
    'use-http2': { ...common, type: bool, default: true, doc: 'Whether clients may use HTTP/2.' },
  },
  emitEveryServer(settings, server, { catchAll }) {
    if (catchAll && settings['ssl-reject-handshake']) server.add('ssl_reject_handshake', true);
  },
  emitHttp(settings, http) {
    const [first = 'TLSv1.3', ...others] = settings['ssl-protocols'];
    http.add('ssl_protocols', first, ...others);
    http.add('http2', settings['use-http2']);
  },
});
