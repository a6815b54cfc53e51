import { families, type Settings } from '../annotations/index.ts';
import type { Family } from '../annotations/define.ts';
import type { Route, Site } from '../model/routing-model.ts';
import { encode, keyword } from '../nginx/argument.ts';
import type { Statement } from '../nginx/directive.ts';
import { StatementList } from '../nginx/draft.ts';
import { EncodingRefusal } from '../nginx/encoding-refusal.ts';
import { expr } from '../nginx/expression.ts';
import type { LocationBlock, ServerBlock } from '../nginx/tree.ts';
import type { Problem } from '../problems/problem.ts';
import { compareText } from '../values/compare.ts';
import { objectRef, refParts } from '../values/object-ref.ts';
import type { BuiltModel } from './build-model.ts';
import type { AnswerHeaders } from './compile-http.ts';
import { compileBody, locationBlock, namedLocationBlock, type LocationContext } from './compile-location.ts';
import { wildcardOf } from './hosts.ts';
import { keyText, locationKeys, type LocationKey } from './location-keys.ts';
import type { PlanOptions } from './options.ts';
import { CLOSED } from './plan-problems.ts';
import type { SharedBlocks } from './shared-blocks.ts';
import type { RouteSettings } from './sites.ts';

/** What all servers have in common while they are compiled. */
export interface ServerContext {
  readonly built: BuiltModel;
  readonly options: PlanOptions;
  readonly problems: Problem[];
  /** Headers of every answer of the installation. */
  readonly answerHeaders: AnswerHeaders;
  /** Collects what all locations ask of `http`. */
  readonly blocks: SharedBlocks;
}

const listens = (site: Site<RouteSettings>, { options }: ServerContext): ServerBlock['listens'] => {
  const byDefault = site.host === '' ? [keyword('default_server')] : [];
  const hosts = options.capabilities.ipv6 ? ['', '[::]:'] : [''];
  return hosts.flatMap((host) => [
    { address: encode('listenAddress', `${host}${options.ports.http}`), options: byDefault },
    { address: encode('listenAddress', `${host}${options.ports.https}`), options: [keyword('ssl'), ...byDefault] },
  ]);
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
    return compileBody({ ...route, target: { kind: 'answer', status: 503, why: 'closed' } }, location);
  }
};

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

/** Server-level statements of every Ingress of the host, oldest first; each names its Ingress, so that it can be blamed. */
const serverStatements = (site: Site<RouteSettings>): readonly Statement[] => {
  const byOwner = new Map(site.routes.map((route) => [route.origin, route.settings.values]));
  return site.origins.flatMap((owner) => {
    const settings = byOwner.get(owner);
    if (settings === undefined) return [];
    const server = new StatementList();
    for (const family of families as readonly Family[])
      family.emitServer?.(settings[family.name as keyof Settings], server);
    return server.inOrder().map((one) => ({ ...one, origin: encode('comment', owner) }));
  });
};

/** One site as a server block. */
export const compileServer = (
  site: Site<RouteSettings>,
  sites: ReadonlyMap<string, Site<RouteSettings>>,
  context: ServerContext,
): ServerBlock => {
  const { publicHttps } = context.options.ports;
  const locations = compileLocations(site, context, {
    hasCertificate: hasCertificate(site, sites),
    catchAll: site.host === '',
    answerHeaders: context.answerHeaders,
    upstreamSettings: context.built.upstreamSettings,
    httpsUrl: (path, { namesPort }) => {
      const port = publicHttps !== 443 || namesPort ? `:${publicHttps}` : '';
      return expr`https://${'pt_redirect_host'}${{ text: port }}${path}`;
    },
  });
  return {
    origins: (site.origins.length > 0 ? site.origins : ['portico']).map((origin) => encode('comment', origin)),
    names: site.host === '' ? [keyword('_')] : [encode('serverName', site.host)],
    listens: listens(site, context),
    statements: serverStatements(site),
    locations,
    catchAll: site.host === '',
    hidesEmpty: site.routes.some(({ target }) => target.kind === 'backend' && target.whenEmpty === 404),
  };
};
