import { eachFamily } from '../annotations/each-family.ts';
import type { Settings } from '../annotations/index.ts';
import type { StreamService } from '../model/routing-model.ts';
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
import { frontPorts, frontServers, trustedPeers } from './front-servers.ts';
import { listenHosts, listensAt, type ListenHosts } from './listen-hosts.ts';
import type { PlanOptions } from './options.ts';
import type { StreamSnippet } from './stream-snippets.ts';

type Hosts = ListenHosts['served'];

/** Believes the line of a trusted peer where the installation takes addresses from such. */
const trusted = (globals: Settings): readonly Directive[] =>
  globals.forwarding['enable-real-ip'] ? trustedPeers(globals) : [];

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

/** Where connections are closed, because bind-address names other addresses. */
const elsewhere = ({ model, globals }: BuiltModel, options: PlanOptions, hosts: Hosts): StreamBlock['elsewhere'] => {
  if (hosts.length === 0) return undefined;
  const ofClients = frontPorts(options, globals).flatMap((port) => listensAt(hosts, port, []));
  const ofServices = model.streams.flatMap((service) => listensAt(hosts, service.port, transportOf(service)));
  return { listens: [...ofClients, ...ofServices] };
};

const settingsDirectives = (
  globals: Settings,
  { accessLog }: PlanOptions,
  replaced: ReadonlySet<string>,
): readonly Directive[] => {
  const statements = new StatementList();
  const draft: StreamDraft = { accessLog, add: (name, ...values) => statements.add(name, ...values) };
  eachFamily(globals, (family, own) => family.emitStream?.(own, draft));
  return statements.directives().filter(({ name }) => !replaced.has(name.text));
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
  built: BuiltModel,
  options: PlanOptions,
  names: Readonly<Record<string, NameAnswer>> | undefined,
): StreamBlock | undefined => {
  const { model, globals, upstreamSettings, streamSnippets } = built;
  const { served, refused } = listenHosts(options, globals);
  const servers = [
    ...frontServers(model.sites, { options, globals, hosts: served }),
    ...model.streams.map((service) => serviceServer(service, served, globals)),
  ];
  if (servers.length === 0) return undefined;
  const hosts = hashSizes(model.sites.flatMap(({ host, passthrough }) => (passthrough === undefined ? [] : [host])));
  const written = new Set(streamSnippets.flatMap(({ snippet }) => snippet.map(({ name }) => name)));
  const replaced = written.union(globalNames(globals, 'stream-snippet'));
  const closes = elsewhere(built, options, refused);
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
