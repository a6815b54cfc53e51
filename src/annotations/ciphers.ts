import { cipherList } from './cipher-list.ts';
import { defineFamily } from './define.ts';
import { bool } from './value-types.ts';

const DEFAULT_CIPHERS = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'DHE-RSA-AES256-GCM-SHA384',
  'DHE-RSA-AES128-GCM-SHA256',
].join(':');

const common = { scope: 'server', risk: 'Low', onInvalid: 'default' } as const;

/** Ciphers toward clients: those of the installation stand once in `http`, a host names its own. */
export const ciphers = defineFamily({
  name: 'ciphers',
  summary:
    'TLS ciphers toward clients. An annotation holds for whole hosts; where several Ingresses of a host have it, that of the oldest counts.',
  keys: {
    'ssl-ciphers': {
      ...common,
      type: cipherList,
      default: DEFAULT_CIPHERS,
      source: 'both',
      compat: 'differs',
      doc: 'OpenSSL cipher list for TLS 1.2 and older. A list that might match no cipher is refused, because it would stop NGINX.',
    },
    'ssl-prefer-server-ciphers': {
      ...common,
      type: bool,
      default: true,
      source: 'annotation',
      compat: 'same',
      doc: 'Whether the order of ssl-ciphers decides, or that of the client.',
    },
  },
  emitHttp(settings, http) {
    http.add('ssl_ciphers', settings['ssl-ciphers']);
  },
  emitServer(settings, server, { written }) {
    if (written.has('ssl-ciphers')) server.add('ssl_ciphers', settings['ssl-ciphers']);
    if (written.has('ssl-prefer-server-ciphers'))
      server.add('ssl_prefer_server_ciphers', settings['ssl-prefer-server-ciphers']);
  },
});
