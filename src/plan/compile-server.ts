import { families, type Settings } from '../annotations/index.ts';
import type { Family } from '../annotations/define.ts';
import type { Route, Site } from '../model/routing-model.ts';
import { encode, keyword } from '../nginx/argument.ts';
import { firstOfEach, statementText, type Statement } from '../nginx/directive.ts';
import { StatementList } from '../nginx/draft.ts';
import { EncodingRefusal } from '../nginx/encoding-refusal.ts';
import { expr } from '../nginx/expression.ts';
import type { HttpBlock, LocationBlock, ServerBlock } from '../nginx/tree.ts';
import type { Problem } from '../problems/problem.ts';
import { compareText } from '../values/compare.ts';
import { objectRef, refParts, type ObjectRef } from '../values/object-ref.ts';
import type { BuiltModel } from './build-model.ts';
import type { HeadersOfAll } from './compile-http.ts';
import { compileBody, type LocationContext } from './compile-location.ts';
import { passesTls, tlsSocket } from './compile-stream.ts';
import { globalLines, namesIn } from './global-snippets.ts';
import { wildcardOf } from './hosts.ts';
import { listenHosts, listensAt, queueOptions } from './listen-hosts.ts';
import { locationBlock, namedLocationBlock } from './location-blocks.ts';
import { keyText, locationKeys, type LocationKey } from './location-keys.ts';
import type { PlanOptions } from './options.ts';
import { CLOSED } from './plan-problems.ts';
import { CLOSED_TARGET } from './rules.ts';
import { hostSnippet, type HostSnippet } from './server-snippets.ts';
import type { SharedBlocks } from './shared-blocks.ts';
import type { RouteSettings } from './sites.ts';

/** What all servers have in common while they are compiled. */
export interface ServerContext extends HeadersOfAll {
  readonly built: BuiltModel;
  readonly options: PlanOptions;
  readonly problems: Problem[];
  /** Collects what all locations ask of `http`. */
  readonly blocks: SharedBlocks;
}

const listens = (site: Site<RouteSettings>, { options, built }: ServerContext): ServerBlock['listens'] => {
  const { served, refused } = listenHosts(options, built.globals);
  const byDefault = site.host === '' ? [keyword('default_server')] : [];
  const ofPort = site.host === '' && refused.length === 0 ? queueOptions(built.globals) : [];
  const tls = [keyword('ssl'), ...byDefault];
  return [
    ...listensAt(served, options.ports.http, [...byDefault, ...ofPort]),
    ...(passesTls(options)
      ? [{ address: tlsSocket(options), options: tls }]
      : listensAt(served, options.ports.https, [...tls, ...ofPort])),
  ];
};

/** Where connections are closed, because bind-address names other addresses; absent where all are served. */
export const compileElsewhere = (options: PlanOptions, { globals }: BuiltModel): Pick<HttpBlock, 'elsewhere'> => {
  const { refused } = listenHosts(options, globals);
  if (refused.length === 0) return {};
  const ofPort = [keyword('default_server'), ...queueOptions(globals)];
  const tls = passesTls(options) ? [] : listensAt(refused, options.ports.https, [keyword('ssl'), ...ofPort]);
  return { elsewhere: { listens: [...listensAt(refused, options.ports.http, ofPort), ...tls] } };
};

/** Whether requests to the host find a certificate entry: its own, or that of the wildcard above it. */
const hasCertificate = (site: Site<RouteSettings>, sites: ReadonlyMap<string, Site<RouteSettings>>): boolean =>
  site.certificate.kind !== 'none' ||
  (site.host !== '' && (sites.get(wildcardOf(site.host))?.certificate.kind ?? 'none') !== 'none');

const report = (
  route: Route<RouteSettings>,
  context: ServerContext,
  facts: Pick<Problem, 'code' | 'expected' | 'consequence'>,
): void => {
  const subject = route.origin ?? objectRef('ConfigMap', '', 'portico');
  context.problems.push({ ...facts, subject, field: [...route.field, 'path'], received: route.path });
};

const bodyOf = (
  route: Route<RouteSettings>,
  location: LocationContext,
  context: ServerContext,
): ReturnType<typeof compileBody> => {
  try {
    return compileBody(route, location);
  } catch (error) {
    if (!(error instanceof EncodingRefusal)) throw error;
    report(route, context, { code: 'ValueRefused', expected: error.expected, consequence: CLOSED });
    return compileBody({ ...route, target: CLOSED_TARGET }, location);
  }
};

const withClosed = (site: Site<RouteSettings>, closed: ReadonlySet<ObjectRef>): Site<RouteSettings> => ({
  ...site,
  routes: site.routes.map((route) =>
    route.origin !== undefined && closed.has(route.origin) ? { ...route, target: CLOSED_TARGET } : route,
  ),
});

/** A line that a rule spells wins over a derived one. */
const isTaken = (key: LocationKey, earlier: LocationKey | undefined): boolean =>
  earlier !== undefined && (key.derived || !earlier.derived);

/** Locations by what NGINX compares, and those that they lead to. */
const compileLocations = (
  site: Site<RouteSettings>,
  context: ServerContext,
  facts: Omit<LocationContext, 'references'>,
): readonly LocationBlock[] => {
  const named = new Map<string, LocationBlock>();
  const found = new Map<string, { readonly key: LocationKey; readonly block: LocationBlock }>();
  for (const route of site.routes) {
    const namespace = route.origin === undefined ? '' : refParts(route.origin).namespace;
    const keys = locationKeys(route);
    if (!keys.ok) {
      report(route, context, { code: 'InvalidPath', expected: keys.error, consequence: 'leaving out the path' });
      continue;
    }
    const body = bodyOf(route, { ...facts, references: context.built.references(namespace) }, context);
    for (const [name, statements] of body.named)
      if (!named.has(name)) named.set(name, namedLocationBlock(name, route, statements));
    context.blocks.add(body.blocks, encode('comment', route.origin ?? 'portico'));
    for (const key of keys.value)
      if (!isTaken(key, found.get(keyText(key))?.key))
        found.set(keyText(key), { key, block: locationBlock(key, route, body.statements) });
  }
  const inOrder = [...named].toSorted(([a], [b]) => compareText(a, b));
  return [...[...found.values()].map(({ block }) => block), ...inOrder.map(([, block]) => block)];
};

/** A snippet is one thing: what stands above its first line holds for all. */
const withOrigin = (statements: readonly Statement[], origin: Statement['origin']): readonly Statement[] =>
  statements.map((one, index) => {
    const before = statements[index - 1];
    const continues = 'line' in one && before !== undefined && 'line' in before;
    return origin === undefined || continues ? one : { ...one, origin };
  });

/** What the installation says in each of its servers. */
const installationStatements = ({ globals }: BuiltModel, catchAll: boolean): readonly Statement[] => {
  const server = new StatementList();
  for (const family of families as readonly Family[])
    family.emitEveryServer?.(globals[family.name as keyof Settings], server, { catchAll });
  return server.inOrder();
};

/** Server-level statements of every Ingress of the host, oldest first; each names its Ingress, so that it can be blamed. */
const serverStatements = (site: Site<RouteSettings>, snippet: HostSnippet): readonly Statement[] => {
  const byOwner = new Map(site.routes.map((route) => [route.origin, route.settings]));
  const statements = site.origins.flatMap((owner) => {
    const settings = byOwner.get(owner);
    if (settings === undefined) return [];
    const { values, written } = settings;
    const server = new StatementList();
    for (const family of families as readonly Family[])
      family.emitServer?.(values[family.name as keyof Settings], server, { written });
    const own = server.inOrder().filter((one) => !('line' in one) || owner === snippet.owner);
    return withOrigin(own, encode('comment', owner));
  });
  return firstOfEach(statements);
};

const compileServer = (
  site: Site<RouteSettings>,
  sites: ReadonlyMap<string, Site<RouteSettings>>,
  context: ServerContext,
): Omit<ServerBlock, 'ownTls'> => {
  const { publicHttps } = context.options.ports;
  const snippet = hostSnippet(site);
  const field = ['metadata', 'annotations', `${context.options.annotationsPrefix}/server-snippet`];
  context.problems.push(...snippet.problems.map((one) => ({ ...one, field, received: site.host })));
  const locations = compileLocations(withClosed(site, snippet.closed), context, {
    hasCertificate: hasCertificate(site, sites),
    catchAll: site.host === '',
    answerHeaders: context.answerHeaders,
    backendHeaders: context.backendHeaders,
    upstreamSettings: context.built.upstreamSettings,
    httpsUrl: (path, { namesPort }) => {
      const port = publicHttps !== 443 || namesPort ? `:${publicHttps}` : '';
      return expr`https://${'pt_redirect_host'}${{ text: port }}${path}`;
    },
  });
  const own = serverStatements(site, snippet);
  const usual = installationStatements(context.built, site.host === '');
  const global = globalLines(context.built.globals, 'server-snippet', namesIn([...usual, ...own]));
  const statements = [...usual, ...global, ...own];
  return {
    origins: (site.origins.length > 0 ? site.origins : ['portico']).map((origin) => encode('comment', origin)),
    names: site.host === '' ? [keyword('_')] : [encode('serverName', site.host)],
    listens: listens(site, context),
    statements,
    locations,
    catchAll: site.host === '',
    shieldsInner: statements.some((one) => 'line' in one) && site.routes.some(({ callees }) => callees !== undefined),
    hidesEmpty: site.routes.some(({ target }) => target.kind === 'backend' && target.whenEmpty === 404),
  };
};

const SETS_TLS = /^ssl_/;

/**
 * Every site as a server block. A TLS context costs 27 KB and a tenth of a load: servers share that of the default
 * server, where neither they nor it say anything of their own about TLS.
 */
export const compileServers = (
  sites: readonly Site<RouteSettings>[],
  context: ServerContext,
): readonly ServerBlock[] => {
  const byHost = new Map(sites.map((site) => [site.host, site]));
  const servers = sites.map((site) => compileServer(site, byHost, context));
  const setsTls = ({ statements }: Pick<ServerBlock, 'statements'>): boolean =>
    statements.some((one) => SETS_TLS.test(statementText(one)));
  const mayShare = !servers.some((server) => server.catchAll && setsTls(server));
  return servers.map((server) => ({ ...server, ownTls: server.catchAll || !mayShare || setsTls(server) }));
};
