import { defineFamily } from './define.ts';
import { seconds, wholeNumber } from './value-types.ts';
import { duration } from './duration.ts';

const common = {
  source: 'configmap',
  scope: 'upstream',
  risk: 'Low',
  onInvalid: 'default',
  compat: 'differs',
} as const;

/** Connections to backends that stay open. NGINX's own defaults hold where nothing is said: every upstream would repeat them. */
export const upstreamKeepalive = defineFamily({
  name: 'upstream-keepalive',
  summary: 'Connections to backends that stay open for further requests.',
  keys: {
    'upstream-keepalive-connections': {
      ...common,
      type: wholeNumber(0, 10_000),
      doc: 'How many idle connections each worker keeps to the Pods of each Service port; 0 for none. Unset, NGINX keeps 32. In ingress-nginx 320 are shared by all Services.',
    },
    'upstream-keepalive-time': {
      ...common,
      type: duration,
      doc: 'How long a connection is used before it is closed. Unset, an hour, as in ingress-nginx.',
    },
    'upstream-keepalive-timeout': {
      ...common,
      type: seconds,
      doc: 'How long an idle connection stays open. Unset, 60 seconds, as in ingress-nginx.',
    },
    'upstream-keepalive-requests': {
      ...common,
      type: wholeNumber(1, 1_000_000_000),
      doc: 'How many requests a connection carries before it is closed. Unset, 1000; ingress-nginx has 10000.',
    },
  },
  emitUpstream(settings, upstream) {
    const connections = settings['upstream-keepalive-connections'];
    const time = settings['upstream-keepalive-time'];
    const timeout = settings['upstream-keepalive-timeout'];
    const requests = settings['upstream-keepalive-requests'];
    // Shared connections would carry requests of one route over the TLS of another, with its client certificate.
    if (connections !== undefined) upstream.add('keepalive', connections, 'local');
    if (time !== undefined) upstream.add('keepalive_time', time);
    if (timeout !== undefined) upstream.add('keepalive_timeout', timeout);
    if (requests !== undefined) upstream.add('keepalive_requests', requests);
  },
});
