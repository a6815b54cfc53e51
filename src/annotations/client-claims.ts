import type { DraftLine, HttpDraft } from '../nginx/draft.ts';
import { expr, requestHeader, type Complex, type VariableName } from '../nginx/expression.ts';
import type { ForwardingSettings } from './forwarding-keys.ts';

/**
 * Whether clients prove twice where they are: a load balancer says by the PROXY protocol who they are, and they may be
 * proxies that say it by a header. NGINX replaces the address of a connection once in each of its parts, so these
 * connections go through the part that passes on bytes first.
 */
export const needsRelay = (settings: ForwardingSettings): boolean =>
  settings['use-proxy-protocol'] && settings['use-forwarded-headers'];

/** What is believed of whom. */
interface Beliefs {
  /** The PROXY protocol. */
  readonly line: boolean;
  /** X-Forwarded-For and its sisters. */
  readonly headers: boolean;
  /** Connections come from the part that passes on bytes, which has read the PROXY protocol. */
  readonly relayed: boolean;
}

const beliefsOf = (settings: ForwardingSettings, http: HttpDraft): Beliefs => {
  const line = settings['use-proxy-protocol'];
  const relayed = needsRelay(settings) && (http.hasPart('stream') || http.hasPart('stream_module'));
  return { line, relayed, headers: settings['use-forwarded-headers'] && (!line || relayed) };
};

/** A value that a trusted peer may say; everybody else gets the fallback. */
const trustedOr = (
  http: HttpDraft,
  said: Complex,
  lines: {
    readonly target: VariableName;
    readonly matches: string;
    readonly fallback: Complex;
    readonly value: Complex;
  },
): void =>
  http.addMap(said, lines.target, [{ default: lines.fallback }, { matches: lines.matches, value: lines.value }]);

const realIp = (settings: ForwardingSettings, http: HttpDraft, { line, relayed, headers }: Beliefs): void => {
  if (!line && !headers && !settings['enable-real-ip']) return;
  http.add('real_ip_header', line && !relayed ? 'proxy_protocol' : settings['forwarded-for-header']);
  http.add('real_ip_recursive', true);
  for (const network of settings['proxy-real-ip-cidr']) http.add('set_real_ip_from', network);
};

/**
 * The address of the connection itself, which nobody can choose. Of a connection that was handed over NGINX knows only
 * the address that the other part has put in its place; such a connection has no port, and its address is empty here.
 */
const addPeer = (http: HttpDraft, { line, relayed }: Beliefs): void => {
  const replaced = line && (relayed || http.ports.passthrough);
  http.addMap(expr`${'server_port'}`, 'pt_peer', [
    ...(replaced ? [{ key: '', value: '' }] : []),
    { default: expr`${'realip_remote_addr'}` },
  ]);
};

const addTrusted = (settings: ForwardingSettings, http: HttpDraft, target: VariableName): void =>
  http.addGeo(
    'realip_remote_addr',
    target,
    settings['proxy-real-ip-cidr'].map((network) => [network, '1'] as const),
  );

/** A flag for connections of which the PROXY protocol is believed. */
const addProxied = (settings: ForwardingSettings, http: HttpDraft, { relayed }: Beliefs): void => {
  if (!relayed) return addTrusted(settings, http, 'pt_proxied');
  // The other part has put that address in place of the load balancer's where it trusts it.
  trustedOr(http, expr`${'realip_remote_addr'} ${'proxy_protocol_addr'}`, {
    target: 'pt_proxied',
    matches: '^(?<pt_same_address>[^ ]+) \\k<pt_same_address>\\z',
    fallback: '',
    value: '1',
  });
};

const portLines = (http: HttpDraft): readonly DraftLine[] => [
  // Connections that were handed over by the part of NGINX that passes on bytes come from a socket without a port.
  ...(http.ports.passthrough ? [{ key: '', value: String(http.ports.publicHttps) }] : []),
  { default: expr`${'server_port'}` },
  { key: String(http.ports.http), value: String(http.ports.publicHttp) },
  { key: String(http.ports.https), value: String(http.ports.publicHttps) },
];

/** The port of the connection, as clients see it. */
const addListenPort = (http: HttpDraft, target: VariableName, { relayed }: Beliefs): void => {
  if (!relayed) return http.addMap(expr`${'server_port'}`, target, portLines(http));
  http.addMap(expr`${'scheme'}`, target, [
    { default: String(http.ports.publicHttp) },
    { key: 'https', value: String(http.ports.publicHttps) },
  ]);
};

/** Whether clients see the ports at which NGINX listens. */
const listensInPublic = ({ ports }: HttpDraft): boolean =>
  !ports.passthrough && ports.http === ports.publicHttp && ports.https === ports.publicHttps;

/** Headers first, then the PROXY protocol, then the connection itself. */
const addPort = (http: HttpDraft, beliefs: Beliefs): VariableName => {
  const { line, headers } = beliefs;
  addListenPort(http, line || headers ? 'pt_listen_port' : 'pt_port', beliefs);
  if (line)
    trustedOr(http, expr`${'pt_proxied'}:${'proxy_protocol_server_port'}`, {
      target: headers ? 'pt_proxy_port' : 'pt_port',
      matches: '^1:(?<pt_named_port>.+)\\z',
      fallback: expr`${'pt_listen_port'}`,
      value: expr`${'pt_named_port'}`,
    });
  if (headers)
    trustedOr(http, expr`${'pt_trusted'}:${'http_x_forwarded_port'}`, {
      target: 'pt_port',
      matches: '^1:.',
      fallback: line ? expr`${'pt_proxy_port'}` : expr`${'pt_listen_port'}`,
      value: expr`${'http_x_forwarded_port'}`,
    });
  return !line && !headers && listensInPublic(http) ? 'server_port' : 'pt_port';
};

/** A load balancer that names port 443 has ended TLS, whatever headers say. */
const addScheme = (http: HttpDraft, { line, headers }: Beliefs): VariableName => {
  if (headers)
    trustedOr(http, expr`${'pt_trusted'}:${'http_x_forwarded_proto'}`, {
      target: line ? 'pt_said_scheme' : 'pt_access_scheme',
      matches: '^1:.',
      fallback: expr`${'scheme'}`,
      value: expr`${'http_x_forwarded_proto'}`,
    });
  if (line)
    trustedOr(http, expr`${'pt_proxied'}:${'proxy_protocol_server_port'}`, {
      target: 'pt_access_scheme',
      matches: '^1:443\\z',
      fallback: headers ? expr`${'pt_said_scheme'}` : expr`${'scheme'}`,
      value: 'https',
    });
  if (line || headers) return 'pt_access_scheme';
  http.addMap(expr`${'scheme'}`, 'pt_access_scheme', [{ default: expr`${'scheme'}` }]);
  return 'scheme';
};

const addHost = (http: HttpDraft, { headers }: Beliefs): void => {
  // A request line with a host of its own decides which server answers, whatever the header Host says.
  const requested = [
    { default: expr`${'host'}` },
    { matches: '(?i)^(?<pt_served_host>[^ ]+) \\k<pt_served_host>\\.?(?::|\\z)', value: expr`${'http_host'}` },
  ];
  const targets = headers ? (['pt_requested_host'] as const) : (['pt_requested_host', 'best_http_host'] as const);
  for (const target of targets) http.addMap(expr`${'host'} ${'http_host'}`, target, requested);
  if (headers)
    trustedOr(http, expr`${'pt_trusted'}:${'http_x_forwarded_host'}`, {
      target: 'best_http_host',
      matches: '^1:(?<pt_first_host>[^,\\s]+)',
      fallback: expr`${'pt_requested_host'}`,
      value: expr`${'pt_first_host'}`,
    });
};

/** The list of a trusted peer and that peer; of everybody else the peer alone. */
const addFullList = (settings: ForwardingSettings, http: HttpDraft, { headers }: Beliefs): void => {
  if (!settings['use-forwarded-headers'] || !settings['compute-full-forwarded-for']) return;
  const list = requestHeader(settings['forwarded-for-header']);
  if (headers)
    trustedOr(http, expr`${'pt_trusted'}:${list}`, {
      target: 'pt_forwarded_for',
      matches: '^1:.',
      fallback: expr`${'realip_remote_addr'}`,
      value: expr`${list}, ${'realip_remote_addr'}`,
    });
  else http.addMap(expr`${'remote_addr'}`, 'pt_forwarded_for', [{ default: expr`${'remote_addr'}` }]);
};

/** What holds the port and the scheme that the client asked for. */
export interface Claims {
  readonly port: VariableName;
  readonly scheme: VariableName;
}

/**
 * Who the client is, and which port, scheme and host it asked for, as variables. A trusted flag leads each key, so that
 * what anybody else says cannot match. Each map costs every request that reads it 2 % of its processor time: where nobody
 * is believed, the answer names NGINX's own variables.
 */
export const addClaims = (settings: ForwardingSettings, http: HttpDraft): Claims => {
  const beliefs = beliefsOf(settings, http);
  realIp(settings, http, beliefs);
  addPeer(http, beliefs);
  if (beliefs.headers) addTrusted(settings, http, 'pt_trusted');
  if (beliefs.line) addProxied(settings, http, beliefs);
  addHost(http, beliefs);
  const claims = { port: addPort(http, beliefs), scheme: addScheme(http, beliefs) };
  addFullList(settings, http, beliefs);
  return claims;
};
