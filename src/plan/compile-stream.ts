import { needsRelay } from '../annotations/client-claims.ts';
import { families, type Settings } from '../annotations/index.ts';
import type { Family } from '../annotations/define.ts';
import type { Site, StreamService } from '../model/routing-model.ts';
import { encode, keyword, type NginxArg } from '../nginx/argument.ts';
import { directive, type Directive, type Statement } from '../nginx/directive.ts';
import { StatementList } from '../nginx/draft.ts';
import { printSnippet } from '../nginx/snippet.ts';
import type { StreamBlock, StreamServer } from '../nginx/tree.ts';
import type { NameAnswer } from '../protocol/messages.ts';
import type { BuiltModel } from './build-model.ts';
import { hashSizes } from './compile-http.ts';
import { compileUpstreams } from './compile-upstreams.ts';
import { servesStreams, type PlanOptions } from './options.ts';
import type { StreamSnippet } from './stream-snippets.ts';

/** Whether the part of NGINX that passes on bytes listens on the HTTPS port. */
export const passesTls = ({ ports, capabilities }: PlanOptions): boolean =>
  ports.passthrough && servesStreams(capabilities);

/** Whether that part listens on both ports, because it reads the PROXY protocol before `http` reads headers. */
export const relays = ({ capabilities }: PlanOptions, { forwarding }: Settings): boolean =>
  needsRelay(forwarding) && servesStreams(capabilities);

/** Whether the servers of `http` get TLS connections from that part. */
export const usesTlsSocket = (options: PlanOptions, globals: Settings): boolean =>
  passesTls(options) || relays(options, globals);

/** Where the servers of `http` get plain connections from that part. */
export const plainSocket = ({ layout }: PlanOptions): NginxArg => encode('socket', `${layout.run.root}/plain.sock`);

/** Where the servers of `http` get the TLS connections that are not passed on. */
export const tlsSocket = ({ layout }: PlanOptions): NginxArg => encode('socket', `${layout.run.root}/tls.sock`);

const listensOn = (port: number, options: PlanOptions, words: readonly string[] = []): StreamServer['listens'] =>
  (options.capabilities.ipv6 ? ['', '[::]:'] : ['']).map((host) => ({
    address: encode('listenAddress', `${host}${port}`),
    options: words.map(keyword),
  }));

const trustedPeers = ({ forwarding }: Settings): readonly Directive[] =>
  forwarding['proxy-real-ip-cidr'].map((network) => directive('set_real_ip_from', network));

/** Believes the line of a trusted peer where the installation takes addresses from such. */
const trusted = (globals: Settings): readonly Directive[] =>
  globals.forwarding['enable-real-ip'] ? trustedPeers(globals) : [];

/** How connections of clients begin. */
interface Beginning {
  readonly words: readonly string[];
  readonly directives: readonly Directive[];
}

const beginning = (globals: Settings): Beginning => {
  const { 'use-proxy-protocol': isProxied, 'proxy-protocol-header-timeout': timeout } = globals.forwarding;
  if (!isProxied) return { words: [], directives: [] };
  return {
    words: ['proxy_protocol'],
    directives: [...trustedPeers(globals), directive('proxy_protocol_timeout', timeout)],
  };
};

const serviceServer = (service: StreamService, options: PlanOptions, globals: Settings): StreamServer => {
  const words = [...(service.transport === 'UDP' ? ['udp'] : []), ...(service.decodes ? ['proxy_protocol'] : [])];
  return {
    origin: encode('comment', `${service.origin} ${service.port}`),
    listens: listensOn(service.port, options, words),
    directives: [
      ...(service.decodes ? trusted(globals) : []),
      ...(service.encodes ? [directive('proxy_protocol', true)] : []),
      directive('proxy_pass', service.backend.id),
    ],
  };
};

/** `pass` hands a connection over as it was accepted: no bytes are copied, and the client keeps its address. */
const tlsServers = (
  sites: readonly Site<unknown>[],
  options: PlanOptions,
  { words, directives }: Beginning,
): readonly StreamServer[] => {
  if (!passesTls(options)) return [];
  const preread = directive('ssl_preread', true);
  const passed = sites.flatMap(({ host, passthrough }): readonly StreamServer[] =>
    passthrough === undefined
      ? []
      : [
          {
            origin: encode('comment', passthrough.origin),
            names: [encode('serverName', host)],
            listens: listensOn(options.ports.https, options, words),
            directives: [...directives, preread, directive('proxy_pass', passthrough.backend.id)],
          },
        ],
  );
  const rest: StreamServer = {
    origin: encode('comment', 'portico'),
    listens: listensOn(options.ports.https, options, ['default_server', ...words]),
    directives: [
      ...directives,
      preread,
      directive('access_log', 'off'),
      directive('pass', `${options.layout.run.root}/tls.sock`),
    ],
  };
  return [rest, ...passed];
};

/** Hands over what clients send to `http`, with the addresses that the PROXY protocol names. */
const relayServers = (options: PlanOptions, globals: Settings): readonly StreamServer[] => {
  if (!relays(options, globals)) return [];
  const { words, directives } = beginning(globals);
  const relay = (port: number, socket: string): StreamServer => ({
    origin: encode('comment', 'portico'),
    listens: listensOn(port, options, words),
    directives: [
      ...directives,
      directive('access_log', 'off'),
      directive('pass', `${options.layout.run.root}/${socket}.sock`),
    ],
  });
  const tls = passesTls(options) ? [] : [relay(options.ports.https, 'tls')];
  return [relay(options.ports.http, 'plain'), ...tls];
};

const settingsDirectives = (globals: Settings, own: ReadonlySet<string>): readonly Directive[] => {
  const statements = new StatementList();
  for (const family of families as readonly Family[])
    family.emitStream?.(globals[family.name as keyof Settings], statements);
  return statements.directives().filter(({ name }) => !own.has(name.text));
};

const snippetStatements = (snippets: readonly StreamSnippet[]): readonly Statement[] =>
  snippets.flatMap(({ origin, snippet }) => {
    const lines = printSnippet(snippet).map((line) => ({
      phase: 'snippet' as const,
      line: encode('snippetLine', line),
    }));
    return lines.map((line, index) => (index === 0 ? { ...line, origin: encode('comment', origin) } : line));
  });

const isStream = ({ stream }: { readonly stream?: unknown }): boolean => stream !== undefined;

/** Everything that passes on bytes; absent where nothing does. */
export const compileStream = (
  { model, globals, upstreamSettings, streamSnippets }: BuiltModel,
  options: PlanOptions,
  names: Readonly<Record<string, NameAnswer>> | undefined,
): StreamBlock | undefined => {
  const servers = [
    ...relayServers(options, globals),
    ...tlsServers(model.sites, options, beginning(globals)),
    ...model.streams.map((service) => serviceServer(service, options, globals)),
  ];
  if (servers.length === 0) return undefined;
  const hosts = hashSizes(model.sites.flatMap(({ host, passthrough }) => (passthrough === undefined ? [] : [host])));
  const written = new Set(streamSnippets.flatMap(({ snippet }) => snippet.map(({ name }) => name)));
  return {
    directives: [
      directive('server_names_hash_bucket_size', hosts.bucket),
      directive('server_names_hash_max_size', hosts.max),
      ...settingsDirectives(globals, written),
    ],
    statements: snippetStatements(streamSnippets),
    upstreams: compileUpstreams(model.backends.filter(isStream), {
      zone: 'pt_stream_endpoints',
      settings: upstreamSettings,
      ...(names === undefined ? {} : { names }),
    }),
    servers,
  };
};
