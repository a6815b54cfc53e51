import { expr, requestHeader, type Complex } from '../nginx/expression.ts';
import { addClaims, type Claims } from './client-claims.ts';
import { noIdentity } from './client-identity.ts';
import { defineFamily } from './define.ts';
import { keys, type ForwardingSettings } from './forwarding-keys.ts';

const EVERYBODY = new Set(['0.0.0.0/0', '::/0']);

/** Request headers toward every backend, in the order of ingress-nginx; an empty value removes the header. */
const backendHeaders = (
  settings: ForwardingSettings,
  { port, scheme }: Claims,
): readonly (readonly [name: string, value: Complex])[] => {
  const { 'use-forwarded-headers': forwarded, 'compute-full-forwarded-for': full } = settings;
  return [
    ['Host', expr`${'best_http_host'}`],
    ['Upgrade', expr`${'pt_upgrade'}`],
    ['Connection', expr`${'pt_connection'}`],
    ['X-Request-ID', expr`${'pt_request_id'}`],
    ['X-Real-IP', expr`${'remote_addr'}`],
    ['X-Forwarded-For', forwarded && full ? expr`${'pt_forwarded_for'}` : expr`${'remote_addr'}`],
    ['X-Forwarded-Host', expr`${'best_http_host'}`],
    ['X-Forwarded-Port', expr`${port}`],
    ['X-Forwarded-Proto', expr`${scheme}`],
    ['X-Forwarded-Scheme', expr`${scheme}`],
    ['X-Scheme', expr`${scheme}`],
    ['X-Original-Forwarded-For', expr`${requestHeader(settings['forwarded-for-header'])}`],
    ['X-Original-Forwarded-Host', expr`${requestHeader(settings['forwarded-host-header'])}`],
    ...(settings['proxy-add-original-uri-header'] ? [['X-Original-URI', expr`${'request_uri'}`] as const] : []),
    ['Proxy', ''],
    ...noIdentity,
  ];
};

const BELIEVING = ['use-forwarded-headers', 'enable-real-ip', 'use-proxy-protocol'] as const;

/** The headers that backends see, and whose word about the client is believed. */
export const forwarding = defineFamily({
  name: 'forwarding',
  summary: 'The headers that backends see, and whose word about the client is believed.',
  keys,
  check(settings) {
    const believes = BELIEVING.some((key) => settings[key]);
    const everybody = settings['proxy-real-ip-cidr'].find((network) => EVERYBODY.has(network));
    if (!believes || everybody === undefined) return [];
    return [
      {
        key: 'proxy-real-ip-cidr',
        code: 'RiskySetting',
        expected: 'the addresses of your load balancers',
        received: everybody,
        closes: false,
        consequence: 'every client may choose the address that allow lists and limits see',
      },
    ];
  },
  emitHttp(settings, http) {
    const claims = addClaims(settings, http);
    // Over HTTP/2 inside of such a connection requests would reach the backend that no rule has seen.
    http.addMap(expr`${'http_upgrade'}`, 'pt_upgrade', [
      { default: expr`${'http_upgrade'}` },
      // Most requests have none, and an exact value spares them the regular expression.
      { key: '', value: '' },
      { matches: '(?i)(?:^|[,\\s])h2c', value: '' },
    ]);
    http.addMap(expr`${'pt_upgrade'}`, 'pt_connection', [{ default: 'upgrade' }, { key: '', value: '' }]);
    http.addMap(expr`${'http_x_request_id'}`, 'pt_request_id', [
      { default: expr`${'http_x_request_id'}` },
      { key: '', value: settings['generate-request-id'] ? expr`${'request_id'}` : '' },
    ]);
    http.addMap(expr`${'best_http_host'}`, 'pt_redirect_host', [
      { default: expr`${'best_http_host'}` },
      { matches: '^(?<pt_host_name>.+):[0-9]+\\z', value: expr`${'pt_host_name'}` },
    ]);
    http.addMap(expr`${'request_uri'}`, 'pt_redirect_uri', [
      { default: expr`${'request_uri'}` },
      { matches: '^(?<pt_without_slash>.*)/\\z', value: expr`${'pt_without_slash'}` },
    ]);
    for (const [name, value] of backendHeaders(settings, claims)) http.setBackendHeader(name, value);
  },
});
