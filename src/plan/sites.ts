import type { Settings } from '../annotations/index.ts';
import { families } from '../annotations/index.ts';
import type { Family } from '../annotations/define.ts';
import type { RouteDraft } from '../model/route-draft.ts';
import type { PathMatch, Route, RouteTarget, Site } from '../model/routing-model.ts';
import type { Problem } from '../problems/problem.ts';
import { compareText } from '../values/compare.ts';
import type { ObjectRef } from '../values/object-ref.ts';
import type { ParsedIngress } from './parse-ingress.ts';
import { CLOSED_TARGET, type RuleRoute } from './rules.ts';

/** Settings of a route, with what is the object's own. */
export interface RouteSettings {
  readonly values: Settings;
  readonly written: ReadonlySet<string>;
}

/** A host while its routes are being collected, oldest Ingress first. */
export interface SiteDraft {
  readonly host: string;
  readonly members: ParsedIngress[];
  /** By type and path, in the order in which they were added. */
  readonly routes: Map<string, RuleRoute>;
  /** Where the `/` that no rule says leads, and whose settings it has. */
  implicit: { readonly target: RouteTarget; readonly from?: ParsedIngress };
}

const conflict = (loser: RuleRoute, winner: RuleRoute): Problem => ({
  code: 'HostPathConflict',
  subject: loser.from.ingress.ref,
  field: loser.field,
  expected: loser.from === winner.from ? 'each host and path once' : 'a host and path that no older Ingress has',
  received: `${loser.host}${loser.path} (${loser.type})`,
  consequence: `the one of ${winner.from.ingress.namespace}/${winner.from.ingress.name} is served`,
});

const routeKey = ({ type, path }: Pick<RuleRoute, 'type' | 'path'>): string => `${type} ${path}`;

/** Adds a route unless an older one has the same path and type; then that conflict is returned. */
export const addRoute = (site: SiteDraft, route: RuleRoute): readonly Problem[] => {
  const key = routeKey(route);
  const winner = site.routes.get(key);
  if (winner !== undefined) return [conflict(route, winner)];
  site.routes.set(key, route);
  return [];
};

const shaped = (path: string, settings: Settings): RouteDraft => {
  const draft: RouteDraft = { path, protocol: 'HTTP', wantsRegex: false };
  for (const family of families as readonly Family[]) family.shape?.(settings[family.name as keyof Settings], draft);
  return draft;
};

/** ingress-nginx writes longer paths first, and equal lengths in descending order; with regular expressions it decides. */
const byPath = (a: { readonly path: string }, b: { readonly path: string }): number =>
  b.path.length - a.path.length || compareText(b.path, a.path);

const regexSharing = (site: SiteDraft, drafts: ReadonlyMap<RuleRoute, RouteDraft>): readonly Problem[] => {
  const namespaces = new Set(site.members.map((member) => member.ingress.namespace));
  if (namespaces.size < 2) return [];
  const askers = [...drafts].filter(([, draft]) => draft.wantsRegex).map(([route]) => route.from.ingress);
  return [...new Map(askers.map((ingress) => [ingress.ref, ingress])).values()].map((ingress) => ({
    code: 'RegexModeShared',
    subject: ingress.ref,
    field: ['metadata', 'annotations'],
    expected: 'a host that no other namespace uses',
    received: site.host,
    consequence: 'all paths of the host are matched as regular expressions',
  }));
};

const matchOf = (route: Pick<RuleRoute, 'type'>, regexMode: boolean, draft: RouteDraft): PathMatch => {
  if (regexMode) return { kind: 'regex', own: draft.wantsRegex };
  return { kind: route.type === 'Exact' ? 'exact' : 'prefix' };
};

/** The default backend of the installation is never redirected to HTTPS, as in ingress-nginx. */
const ofInstallation = (globals: Settings): Settings => ({
  ...globals,
  'tls-redirect': { ...globals['tls-redirect'], 'force-ssl-redirect': false },
});

/** A host with all its routes decided. */
export const finishSite = (
  site: SiteDraft,
  globals: Settings,
): { readonly site: Omit<Site<RouteSettings>, 'certificate'>; readonly problems: readonly Problem[] } => {
  const drafts = new Map(site.routes.values().map((route) => [route, shaped(route.path, route.from.settings)]));
  const implicitSettings = site.implicit.from?.settings ?? ofInstallation(globals);
  const hasRoot = site.routes.has(routeKey({ type: 'Prefix', path: '/' }));
  const regexMode = [...drafts.values()].some((draft) => draft.wantsRegex);
  const routes: Route<RouteSettings>[] = [...drafts].map(([route, draft]) => ({
    path: route.path,
    match: matchOf(route, regexMode, draft),
    target: route.target,
    protocol: draft.protocol,
    settings: { values: route.from.settings, written: route.from.written },
    origin: route.from.ingress.ref,
    field: route.field,
    implicit: false,
  }));
  if (!hasRoot) routes.push(implicitRoute(site, { settings: implicitSettings, regexMode }));
  const origins: readonly ObjectRef[] = site.members.map((member) => member.ingress.ref);
  return {
    site: { host: site.host, origins, routes: routes.toSorted(byPath) },
    problems: regexMode ? regexSharing(site, drafts) : [],
  };
};

const implicitRoute = (
  site: SiteDraft,
  context: { readonly settings: Settings; readonly regexMode: boolean },
): Route<RouteSettings> => {
  const { target, from } = site.implicit;
  return {
    path: '/',
    match: context.regexMode ? { kind: 'regex', own: true } : { kind: 'prefix' },
    target: from?.closed === true ? CLOSED_TARGET : target,
    // The default backend of the installation speaks HTTP, whatever the Ingress says of its own backends.
    protocol: from?.ingress.defaultBackend === undefined ? 'HTTP' : shaped('/', context.settings).protocol,
    settings: { values: context.settings, written: from?.written ?? new Set() },
    ...(from === undefined ? {} : { origin: from.ingress.ref }),
    field: ['spec', 'defaultBackend'],
    implicit: true,
  };
};
