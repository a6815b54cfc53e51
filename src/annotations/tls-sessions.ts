import { Redacted } from '../values/redacted.ts';
import { fail, ok } from '../values/result.ts';
import { defineFamily } from './define.ts';
import { duration } from './duration.ts';
import { bool, byteSize, type ValueType } from './value-types.ts';

const common = { source: 'configmap', scope: 'http', risk: 'Low', onInvalid: 'default', compat: 'same' } as const;

/** NGINX refuses a zone of fewer than eight pages of memory, and there are machines with pages of 64 KiB. */
const SMALLEST_ZONE = 8 * 64 * 1024;

/** For AES-128 and AES-256. */
const KEY_LENGTHS: readonly number[] = [48, 80];

const ticketKey: ValueType<Redacted<Uint8Array>> = {
  label: 'base64 of 48 or 80 random bytes',
  examples: ['A'.repeat(64)],
  parse: (text) => {
    const bytes = Buffer.from(text, 'base64');
    const isWhole = bytes.toString('base64') === text && KEY_LENGTHS.includes(bytes.length);
    return isWhole ? ok(new Redacted(new Uint8Array(bytes))) : fail(ticketKey.label);
  },
};

/** How clients resume TLS sessions. */
export const tlsSessions = defineFamily({
  name: 'tls-sessions',
  summary: 'How clients resume TLS sessions instead of beginning new ones.',
  keys: {
    'ssl-session-cache': {
      ...common,
      type: bool,
      default: true,
      doc: 'Whether NGINX remembers sessions, for all of its workers.',
    },
    'ssl-session-cache-size': {
      ...common,
      type: { ...byteSize({ min: SMALLEST_ZONE, max: 1024 ** 3 }), examples: ['10m', '1048576'] },
      default: 10 * 1024 ** 2,
      compat: 'differs',
      doc: 'Memory for sessions; 1m holds about 4,000. A new size forgets them. Sizes that might stop NGINX are refused.',
    },
    'ssl-session-timeout': {
      ...common,
      type: duration,
      default: 600,
      compat: 'differs',
      doc: 'How long a session can be resumed. It holds for tickets too where ssl-session-cache is false, which in ingress-nginx live 5 minutes then.',
    },
    'ssl-session-tickets': {
      ...common,
      type: bool,
      default: false,
      doc: 'Whether clients keep their sessions themselves, encrypted by a key of NGINX.',
    },
    'ssl-session-ticket-key': {
      ...common,
      type: ticketKey,
      secret: true,
      doc: 'Key for tickets: base64 of 48 or 80 random bytes, as by `openssl rand -base64 80` on one line. Several Pods with the same key resume the sessions of each other. Without it NGINX makes its own, new ones over time. Who reads the ConfigMap can read recorded TLS 1.2 connections that used tickets, so change it often.',
    },
  },
  emitHttp(settings, http, { references }) {
    const size = settings['ssl-session-cache-size'];
    http.add('ssl_session_cache', settings['ssl-session-cache'] ? { name: 'pt_tls', size } : 'none');
    http.add('ssl_session_timeout', settings['ssl-session-timeout']);
    http.add('ssl_session_tickets', settings['ssl-session-tickets']);
    const key = settings['ssl-session-ticket-key'];
    if (settings['ssl-session-tickets'] && key !== undefined)
      http.add('ssl_session_ticket_key', references.workerFile(key));
  },
});
