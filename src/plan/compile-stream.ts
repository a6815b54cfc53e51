import { families, type Settings } from '../annotations/index.ts';
import type { Family } from '../annotations/define.ts';
import type { Site, StreamService } from '../model/routing-model.ts';
import { encode, keyword, type NginxArg } from '../nginx/argument.ts';
import { directive, type Directive, type Statement } from '../nginx/directive.ts';
import { StatementList, type StreamDraft } from '../nginx/draft.ts';
import { printSnippet } from '../nginx/snippet.ts';
import type { StreamBlock, StreamServer } from '../nginx/tree.ts';
import type { NameAnswer } from '../protocol/messages.ts';
import type { BuiltModel } from './build-model.ts';
import { globalLines, globalNames } from './global-snippets.ts';
import { hashSizes } from './compile-http.ts';
import { compileUpstreams } from './compile-upstreams.ts';
import { listenHosts, listensAt, type ListenHosts } from './listen-hosts.ts';
import { servesStreams, type PlanOptions } from './options.ts';
import type { StreamSnippet } from './stream-snippets.ts';

/** Whether the part of NGINX that passes on bytes listens on the HTTPS port. */
export const passesTls = ({ ports, capabilities }: PlanOptions): boolean =>
  ports.passthrough && servesStreams(capabilities);

/** Where the servers of `http` get the TLS connections that are not passed on. */
export const tlsSocket = ({ layout }: PlanOptions): NginxArg => encode('socket', `${layout.run.root}/tls.sock`);

type Hosts = ListenHosts['served'];

/** Believes the line of a trusted peer where the installation takes addresses from such. */
const trusted = ({ forwarding }: Settings): readonly Directive[] =>
  forwarding['enable-real-ip']
    ? forwarding['proxy-real-ip-cidr'].map((network) => directive('set_real_ip_from', network))
    : [];

const transportOf = ({ transport }: StreamService): readonly NginxArg[] =>
  transport === 'UDP' ? [keyword('udp')] : [];

const serviceServer = (service: StreamService, hosts: Hosts, globals: Settings): StreamServer => {
  const words = [...transportOf(service), ...(service.decodes ? [keyword('proxy_protocol')] : [])];
  return {
    origin: encode('comment', `${service.origin} ${service.port}`),
    listens: listensAt(hosts, service.port, words),
    directives: [
      ...(service.decodes ? trusted(globals) : []),
      ...(service.encodes ? [directive('proxy_protocol', true)] : []),
      directive('proxy_pass', service.backend.id),
    ],
  };
};

/** `pass` hands a connection over as it was accepted: no bytes are copied, and the client keeps its address. */
const tlsServers = (sites: readonly Site<unknown>[], options: PlanOptions, hosts: Hosts): readonly StreamServer[] => {
  if (!passesTls(options)) return [];
  const preread = directive('ssl_preread', true);
  const passed = sites.flatMap(({ host, passthrough }): readonly StreamServer[] =>
    passthrough === undefined
      ? []
      : [
          {
            origin: encode('comment', passthrough.origin),
            names: [encode('serverName', host)],
            listens: listensAt(hosts, options.ports.https, []),
            directives: [preread, directive('proxy_pass', passthrough.backend.id)],
          },
        ],
  );
  const rest: StreamServer = {
    origin: encode('comment', 'portico'),
    listens: listensAt(hosts, options.ports.https, [keyword('default_server')]),
    directives: [preread, directive('access_log', 'off'), directive('pass', `${options.layout.run.root}/tls.sock`)],
  };
  return [rest, ...passed];
};

/** Where connections are closed, because bind-address names other addresses. */
const elsewhere = ({ streams }: BuiltModel['model'], options: PlanOptions, hosts: Hosts): StreamBlock['elsewhere'] => {
  if (hosts.length === 0) return undefined;
  const ofServices = streams.flatMap((service) => listensAt(hosts, service.port, transportOf(service)));
  return { listens: [...(passesTls(options) ? listensAt(hosts, options.ports.https, []) : []), ...ofServices] };
};

const settingsDirectives = (
  globals: Settings,
  { accessLog }: PlanOptions,
  own: ReadonlySet<string>,
): readonly Directive[] => {
  const statements = new StatementList();
  const draft: StreamDraft = { accessLog, add: (name, ...values) => statements.add(name, ...values) };
  for (const family of families as readonly Family[])
    family.emitStream?.(globals[family.name as keyof Settings], draft);
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
  const { served, refused } = listenHosts(options, globals);
  const servers = [
    ...tlsServers(model.sites, options, served),
    ...model.streams.map((service) => serviceServer(service, served, globals)),
  ];
  if (servers.length === 0) return undefined;
  const hosts = hashSizes(model.sites.flatMap(({ host, passthrough }) => (passthrough === undefined ? [] : [host])));
  const written = new Set(streamSnippets.flatMap(({ snippet }) => snippet.map(({ name }) => name)));
  const replaced = written.union(globalNames(globals, 'stream-snippet'));
  const closes = elsewhere(model, options, refused);
  return {
    directives: [
      directive('server_names_hash_bucket_size', hosts.bucket),
      directive('server_names_hash_max_size', hosts.max),
      ...settingsDirectives(globals, options, replaced),
    ],
    statements: [...globalLines(globals, 'stream-snippet', written), ...snippetStatements(streamSnippets)],
    upstreams: compileUpstreams(model.backends.filter(isStream), {
      zone: 'pt_stream_endpoints',
      settings: upstreamSettings,
      ...(names === undefined ? {} : { names }),
    }),
    servers,
    ...(closes === undefined ? {} : { elsewhere: closes }),
  };
};
