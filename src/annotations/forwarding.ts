import type { DraftLine, HttpDraft } from '../nginx/draft.ts';
import { expr, type Complex } from '../nginx/expression.ts';
import { noIdentity } from './client-identity.ts';
import { defineFamily, type SettingsOf } from './define.ts';
import { bool, cidrList, textMatching } from './value-types.ts';

const common = { source: 'configmap', scope: 'http', risk: 'Low', onInvalid: 'default', compat: 'same' } as const;
const header = textMatching('an HTTP header name', /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/, 'X-Forwarded-For');
const EVERYBODY = new Set(['0.0.0.0/0', '::/0']);

const keys = {
  'use-forwarded-headers': {
    ...common,
    type: bool,
    default: false,
    compat: 'stricter',
    doc: 'Believes X-Forwarded-For, -Proto, -Host and -Port of peers in proxy-real-ip-cidr; those of others are replaced. ingress-nginx believes -Proto, -Host and -Port of everybody.',
  },
  'compute-full-forwarded-for': {
    ...common,
    type: bool,
    default: false,
    doc: 'With use-forwarded-headers, appends the peer to X-Forwarded-For instead of replacing it.',
  },
  'enable-real-ip': {
    ...common,
    type: bool,
    default: false,
    doc: 'Takes the client address from forwarded-for-header of trusted peers, and believes nothing else.',
  },
  'proxy-real-ip-cidr': {
    ...common,
    type: cidrList,
    default: ['0.0.0.0/0'],
    doc: 'Peers whose forwarded headers are believed. The default trusts everybody, as in ingress-nginx, and is warned about.',
  },
  'forwarded-for-header': {
    ...common,
    type: header,
    default: 'X-Forwarded-For',
    doc: 'Header that holds the client address.',
  },
  'forwarded-host-header': {
    ...common,
    type: header,
    default: 'X-Forwarded-Host',
    doc: 'Header that is kept as X-Original-Forwarded-Host.',
  },
  'generate-request-id': {
    ...common,
    type: bool,
    default: true,
    doc: 'Gives a request without X-Request-ID a random one.',
  },
  'proxy-add-original-uri-header': { ...common, type: bool, default: false, doc: 'Sends X-Original-URI to backends.' },
} as const;

type Settings = SettingsOf<typeof keys>;

const variableOf = (name: string): `http_${string}` => `http_${name.toLowerCase().replaceAll('-', '_')}`;

/** Request headers toward every backend, in the order of ingress-nginx; an empty value removes the header. */
const backendHeaders = (settings: Settings): readonly (readonly [name: string, value: Complex])[] => {
  const fullList = settings['use-forwarded-headers'] && settings['compute-full-forwarded-for'];
  return [
    ['Host', expr`${'best_http_host'}`],
    ['Upgrade', expr`${'http_upgrade'}`],
    ['Connection', expr`${'pt_connection'}`],
    ['X-Request-ID', expr`${'pt_request_id'}`],
    ['X-Real-IP', expr`${'remote_addr'}`],
    ['X-Forwarded-For', fullList ? expr`${'pt_forwarded_for'}` : expr`${'remote_addr'}`],
    ['X-Forwarded-Host', expr`${'best_http_host'}`],
    ['X-Forwarded-Port', expr`${'pt_port'}`],
    ['X-Forwarded-Proto', expr`${'pt_access_scheme'}`],
    ['X-Forwarded-Scheme', expr`${'pt_access_scheme'}`],
    ['X-Scheme', expr`${'pt_access_scheme'}`],
    ['X-Original-Forwarded-For', expr`${variableOf(settings['forwarded-for-header'])}`],
    ['X-Original-Forwarded-Host', expr`${variableOf(settings['forwarded-host-header'])}`],
    ...(settings['proxy-add-original-uri-header'] ? [['X-Original-URI', expr`${'request_uri'}`] as const] : []),
    ['Proxy', ''],
    ...noIdentity,
  ];
};

/** A value that a trusted peer may say in a header; everybody else gets the fallback. */
const trustedOr = (
  http: HttpDraft,
  said: Complex,
  lines: {
    readonly target: `pt_${string}` | 'best_http_host';
    readonly matches: string;
    readonly fallback: Complex;
    readonly value: Complex;
  },
): void =>
  http.addMap(said, lines.target, [{ default: lines.fallback }, { matches: lines.matches, value: lines.value }]);

const realIp = (settings: Settings, http: HttpDraft): void => {
  if (!settings['use-forwarded-headers'] && !settings['enable-real-ip']) return;
  http.add('real_ip_header', settings['forwarded-for-header']);
  http.add('real_ip_recursive', true);
  for (const network of settings['proxy-real-ip-cidr']) http.add('set_real_ip_from', network);
};

const hostFallback = (http: HttpDraft): void =>
  http.addMap(expr`${'http_host'}`, 'pt_requested_host', [
    { default: expr`${'http_host'}` },
    { key: '', value: expr`${'host'}` },
  ]);

const portLines = (http: HttpDraft): readonly DraftLine[] => [
  // Connections that were handed over by the part of NGINX that passes on bytes come from a socket without a port.
  ...(http.ports.passthrough ? [{ key: '', value: String(http.ports.publicHttps) }] : []),
  { default: expr`${'server_port'}` },
  { key: String(http.ports.http), value: String(http.ports.publicHttp) },
  { key: String(http.ports.https), value: String(http.ports.publicHttps) },
];

/** Only what the connection itself says. */
const direct = (http: HttpDraft): void => {
  http.addMap(expr`${'scheme'}`, 'pt_access_scheme', [{ default: expr`${'scheme'}` }]);
  http.addMap(expr`${'pt_requested_host'}`, 'best_http_host', [{ default: expr`${'pt_requested_host'}` }]);
  http.addMap(expr`${'server_port'}`, 'pt_port', portLines(http));
};

/** The list of a trusted peer and that peer; of everybody else the peer alone. */
const fullList = (settings: Settings, http: HttpDraft): void => {
  const list = variableOf(settings['forwarded-for-header']);
  trustedOr(http, expr`${'pt_trusted'}:${list}`, {
    target: 'pt_forwarded_for',
    matches: '^1:.',
    fallback: expr`${'realip_remote_addr'}`,
    value: expr`${list}, ${'realip_remote_addr'}`,
  });
};

/** What trusted peers say first; the trusted flag leads the key, so that nobody else can match. */
const forwarded = (settings: Settings, http: HttpDraft): void => {
  http.addGeo(
    'realip_remote_addr',
    'pt_trusted',
    settings['proxy-real-ip-cidr'].map((network) => [network, '1'] as const),
  );
  http.addMap(expr`${'server_port'}`, 'pt_listen_port', portLines(http));
  trustedOr(http, expr`${'pt_trusted'}:${'http_x_forwarded_proto'}`, {
    target: 'pt_access_scheme',
    matches: '^1:.',
    fallback: expr`${'scheme'}`,
    value: expr`${'http_x_forwarded_proto'}`,
  });
  trustedOr(http, expr`${'pt_trusted'}:${'http_x_forwarded_port'}`, {
    target: 'pt_port',
    matches: '^1:.',
    fallback: expr`${'pt_listen_port'}`,
    value: expr`${'http_x_forwarded_port'}`,
  });
  trustedOr(http, expr`${'pt_trusted'}:${'http_x_forwarded_host'}`, {
    target: 'best_http_host',
    matches: '^1:(?<pt_first_host>[^,\\s]+)',
    fallback: expr`${'pt_requested_host'}`,
    value: expr`${'pt_first_host'}`,
  });
  if (settings['compute-full-forwarded-for']) fullList(settings, http);
};

/** The headers that backends see, and whose word about the client is believed. */
export const forwarding = defineFamily({
  name: 'forwarding',
  summary: 'The headers that backends see, and whose word about the client is believed.',
  keys,
  check(settings) {
    const believes = settings['use-forwarded-headers'] || settings['enable-real-ip'];
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
    realIp(settings, http);
    hostFallback(http);
    if (settings['use-forwarded-headers']) forwarded(settings, http);
    else direct(http);
    http.addMap(expr`${'http_upgrade'}`, 'pt_connection', [{ default: 'upgrade' }, { key: '', value: '' }]);
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
    for (const [name, value] of backendHeaders(settings)) http.setBackendHeader(name, value);
  },
});
