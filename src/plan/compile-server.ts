import { eachFamily } from '../annotations/each-family.ts';
import type { Route, Site } from '../model/routing-model.ts';
import { encode, keyword } from '../nginx/argument.ts';
import { firstOfEach, inPhaseOrder, statementText, type Statement } from '../nginx/directive.ts';
import { EncodingRefusal } from '../nginx/encoding-refusal.ts';
import { expr } from '../nginx/expression.ts';
import type { LocationBlock, ServerBlock } from '../nginx/tree.ts';
import type { Problem } from '../problems/problem.ts';
import { compareText } from '../values/compare.ts';
import { objectRef, refParts, type ObjectRef } from '../values/object-ref.ts';
import type { BuiltModel } from './build-model.ts';
import { askingClients, hostClients, type HostClients } from './client-certificates.ts';
import type { HeadersOfAll } from './compile-http.ts';
import { compileBody, type LocationContext } from './compile-location.ts';
import { globalLines, namesIn } from './global-snippets.ts';
import { wildcardOf } from './hosts.ts';
import { locationBlock, namedLocationBlock, originOf } from './location-blocks.ts';
import { keyText, locationKeys, type LocationKey } from './location-keys.ts';
import type { PlanOptions } from './options.ts';
import { CLOSED, whenUnprotected } from './plan-problems.ts';
import { CLOSED_TARGET } from './rules.ts';
import { ServerBuilder, usualCertificate } from './server-builder.ts';
import { hostSnippet, type HostSnippet } from './server-snippets.ts';
import type { SharedBlocks } from './shared-blocks.ts';
import { serverFrame, type ServerFrame } from './server-frame.ts';
import type { RouteSettings } from './sites.ts';

/** What all servers have in common while they are compiled. */
export interface ServerContext extends HeadersOfAll {
  readonly built: BuiltModel;
  readonly options: PlanOptions;
  readonly problems: Problem[];
  /** Collects what all locations ask of `http`. */
  readonly blocks: SharedBlocks;
}

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
    context.blocks.add(body.blocks, originOf(route));
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

/** Whose demands hold for a host. */
interface HostDecisions {
  readonly snippet: HostSnippet;
  readonly clients: HostClients;
}

/** Server-level statements of every Ingress of the host, oldest first; each names its Ingress, so that it can be blamed. */
const serverStatements = (
  site: Site<RouteSettings>,
  { snippet, clients }: HostDecisions,
  context: ServerContext,
): Pick<ServerBlock, 'statements' | 'certificate'> => {
  let certificate: ServerBlock['certificate'];
  const byOwner = new Map(site.routes.map((route) => [route.origin, route.settings]));
  const statements = site.origins.flatMap((owner) => {
    const settings = byOwner.get(owner);
    if (settings === undefined) return [];
    const { values, written } = settings;
    const server = new ServerBuilder();
    const references = context.built.references(refParts(owner).namespace);
    const facts = { written, references, host: site.host, asksClients: owner === clients.owner };
    eachFamily(values, (family, own) => family.emitServer?.(own, server, facts));
    context.blocks.add(server.blocks, encode('comment', owner));
    certificate ??= server.certificate;
    const own = server.inOrder().filter((one) => !('line' in one) || owner === snippet.owner);
    return withOrigin(own, encode('comment', owner));
  });
  return { statements: firstOfEach(statements), ...(certificate === undefined ? {} : { certificate }) };
};

const decide = (site: Site<RouteSettings>, { built, options, problems }: ServerContext): HostDecisions => {
  const closing = whenUnprotected(options);
  const snippet = hostSnippet(site, options.healthPath, closing);
  const clients = hostClients(site, built.references, closing);
  const field = (key: string): Problem['field'] => ['metadata', 'annotations', `${options.annotationsPrefix}/${key}`];
  problems.push(
    ...snippet.problems.map((one) => ({ ...one, field: field('server-snippet'), received: site.host })),
    ...clients.problems.map((one) => ({ ...one, field: field('auth-tls-secret'), received: site.host })),
  );
  return { snippet, clients };
};

interface Surroundings {
  readonly sites: ReadonlyMap<string, Site<RouteSettings>>;
  readonly frame: ServerFrame;
}

const compileServer = (
  site: Site<RouteSettings>,
  { sites, frame }: Surroundings,
  context: ServerContext,
): ServerBlock => {
  const { publicHttps } = context.options.ports;
  const decisions = decide(site, context);
  const { snippet, clients } = decisions;
  const staysOpen = context.options.securityMismatch === 'report';
  const closed = new Set(staysOpen ? [] : [...snippet.closed, ...clients.closed]);
  const open = withClosed(askingClients(site, clients), closed);
  const locations = compileLocations(open, context, {
    hasCertificate: hasCertificate(site, sites),
    catchAll: frame.catchAll !== undefined,
    staysOpen,
    identity: context.identity,
    answerHeaders: context.answerHeaders,
    backendHeaders: context.backendHeaders,
    upstreamSettings: context.built.upstreamSettings,
    httpsUrl: (path, { namesPort }) => {
      const port = publicHttps !== 443 || namesPort ? `:${publicHttps}` : '';
      return expr`https://${'pt_redirect_host'}${{ text: port }}${path}`;
    },
  });
  const own = serverStatements(site, decisions, context);
  const said = namesIn([...frame.statements, ...own.statements]);
  const global = globalLines(context.built.globals, 'server-snippet', said);
  // A snippet of one Ingress may end this phase: what protects those of others comes before it.
  const statements = inPhaseOrder([...frame.statements, ...global, ...own.statements]);
  return {
    origins: (site.origins.length > 0 ? site.origins : ['portico']).map((origin) => encode('comment', origin)),
    names: site.host === '' ? [keyword('_')] : [encode('serverName', site.host)],
    ...frame,
    ...own,
    statements,
    locations,
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
  const [ofCatchAll, ofOthers] = [
    serverFrame(true, context.built, context.options),
    serverFrame(false, context.built, context.options),
  ];
  const servers = sites.map((site) =>
    compileServer(site, { sites: byHost, frame: site.host === '' ? ofCatchAll : ofOthers }, context),
  );
  const setsTls = ({ statements }: Pick<ServerBlock, 'statements'>): boolean =>
    statements.some((one) => SETS_TLS.test(statementText(one)));
  const mayShare = !servers.some((server) => server.catchAll !== undefined && setsTls(server));
  const hasOwnTls = (server: ServerBlock): boolean => server.catchAll !== undefined || !mayShare || setsTls(server);
  return servers.map((server) => (hasOwnTls(server) ? { certificate: usualCertificate, ...server } : server));
};
