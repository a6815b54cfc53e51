import type { Settings } from '../annotations/index.ts';
import type { CalleeRole, RouteDraft } from '../model/route-draft.ts';
import type { ErrorAnswers, PathMatch, Route, RouteTarget, Site } from '../model/routing-model.ts';
import { problemKey, type Problem } from '../problems/problem.ts';
import { compareText } from '../values/compare.ts';
import type { ObjectRef } from '../values/object-ref.ts';
import { uniqueBy } from '../values/unique-by.ts';
import type { Asker, BackendResolver } from './backends.ts';
import { findCallees, type CalleeResolver, type FoundCallees } from './callees.ts';
import type { AlternativeOf } from './canaries.ts';
import type { HostRedirect } from './further-hosts.ts';
import type { PlanOptions } from './options.ts';
import type { ParsedIngress } from './parse-ingress.ts';
import { whenUnprotected } from './plan-problems.ts';
import { CLOSED_TARGET, type RuleRoute } from './rules.ts';
import { shapeRoute } from './shape.ts';

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

/** What makes two routes of a site the same. */
export const routeKey = ({ type, path }: Pick<RuleRoute, 'type' | 'path'>): string => `${type} ${path}`;

/** Adds a route unless an older one has the same path and type; then that conflict is returned. */
export const addRoute = (site: SiteDraft, route: RuleRoute): readonly Problem[] => {
  const key = routeKey(route);
  const winner = site.routes.get(key);
  if (winner !== undefined) return [conflict(route, winner)];
  site.routes.set(key, route);
  return [];
};

/** ingress-nginx writes longer paths first, and equal lengths in descending order; with regular expressions it decides. */
const byPath = (a: { readonly path: string }, b: { readonly path: string }): number =>
  b.path.length - a.path.length || compareText(b.path, a.path);

const regexSharing = (site: SiteDraft): readonly Problem[] => {
  const namespaces = new Set(site.members.map((member) => member.ingress.namespace));
  if (namespaces.size < 2) return [];
  const askers = [...site.routes.values()].filter(({ draft }) => draft.wantsRegex).map(({ from }) => from.ingress);
  return uniqueBy(askers, ({ ref }) => ref).map((ingress) => ({
    code: 'RegexModeShared',
    subject: ingress.ref,
    field: ['metadata', 'annotations'],
    expected: 'a host that no other namespace uses',
    received: site.host,
    consequence: 'all paths of the host are matched as regular expressions',
  }));
};

const matchOf = (route: Pick<RuleRoute, 'type' | 'draft'>, regexMode: boolean): PathMatch => {
  if (regexMode) return { kind: 'regex', own: route.draft.wantsRegex };
  return { kind: route.type === 'Exact' ? 'exact' : 'prefix' };
};

/** The default backend of the installation is never redirected to HTTPS, as in ingress-nginx. */
const ofInstallation = (globals: Settings): Settings => ({
  ...globals,
  'tls-redirect': { ...globals['tls-redirect'], 'force-ssl-redirect': false },
});

/** What holds for all hosts. */
export interface SiteContext {
  readonly globals: Settings;
  readonly backends: BackendResolver;
  /** Where requests go that no Ingress wants. */
  readonly fallback: RouteTarget;
  readonly alternativeOf: AlternativeOf;
  readonly callees: CalleeResolver;
  readonly securityMismatch: PlanOptions['securityMismatch'];
}

const askerOf = (from: ParsedIngress | undefined, globals: Settings): Asker => ({
  namespace: from?.ingress.namespace ?? '',
  settings: from?.settings ?? globals,
});

/** A default backend of the namespace, where it has one, else that of the installation. */
const errorAnswers = (
  draft: RouteDraft,
  from: ParsedIngress | undefined,
  { globals, backends, fallback }: SiteContext,
): Pick<Route<RouteSettings>, 'errors'> => {
  const { codes, intercepts, service } = draft.errors;
  const own = service === undefined ? undefined : backends.resolveFirstPort(askerOf(from, globals), service);
  const standsIn = own?.ok === true;
  if (codes.length === 0 && !standsIn) return {};
  if (standsIn) return { errors: { codes, intercepts, backend: own.value, standsIn } };
  return {
    errors: { codes, intercepts, standsIn, ...(fallback.kind === 'backend' ? { backend: fallback.backend } : {}) },
  };
};

/** Access rules hold for a backend that stands in for a missing one too, so it is the backend of the route. */
const servedBy = (target: RouteTarget, errors: ErrorAnswers | undefined): RouteTarget =>
  target.kind === 'answer' && target.why !== 'closed' && errors?.standsIn === true && errors.backend !== undefined
    ? { kind: 'backend', backend: errors.backend, whenEmpty: 503, standsIn: true }
    : target;

const alternativeOf = (target: RouteTarget, context: SiteContext): Pick<Route<RouteSettings>, 'alternative'> => {
  const alternative = target.kind === 'backend' ? context.alternativeOf(target.backend) : undefined;
  return alternative === undefined ? {} : { alternative };
};

const consequenceOf = (role: CalleeRole, context: SiteContext): string =>
  role === 'auth' ? whenUnprotected(context) : 'sending no copies';

/** A route that cannot ask who lets requests in lets nobody in, unless that is only to be told. */
const calling = (
  target: RouteTarget,
  { callees, missing }: FoundCallees,
  { securityMismatch }: SiteContext,
): Pick<Route<RouteSettings>, 'target' | 'callees'> => ({
  target: missing.has('auth') && securityMismatch === 'close' ? CLOSED_TARGET : target,
  ...(Object.keys(callees).length === 0 ? {} : { callees }),
});

/** What is wrong with callees on this host, once for each Ingress; the checks of its annotations have said the rest. */
const calleeProblems = (site: SiteDraft, context: SiteContext): readonly Problem[] => {
  const { from } = site.implicit;
  const drafts = [
    ...[...site.routes.values()].map((route) => [route.from.ingress.ref, route.draft] as const),
    ...(from === undefined ? [] : [[from.ingress.ref, shapeRoute('/', from.settings)] as const]),
  ];
  const problems = drafts.flatMap(([subject, draft]) =>
    [...findCallees(draft, site.host, context.callees).missing].flatMap(
      ([role, { code, ...facts }]): readonly Problem[] =>
        draft.callees[role]?.host === undefined
          ? [{ code, subject, field: ['spec', 'rules'], ...facts, consequence: consequenceOf(role, context) }]
          : [],
    ),
  );
  return uniqueBy(problems, problemKey);
};

/** A host with all its routes decided. */
export const finishSite = (
  site: SiteDraft,
  context: SiteContext,
): { readonly site: Omit<Site<RouteSettings>, 'certificate'>; readonly problems: readonly Problem[] } => {
  const rules = [...site.routes.values()];
  const hasRoot = site.routes.has(routeKey({ type: 'Prefix', path: '/' }));
  const regexMode = rules.some(({ draft }) => draft.wantsRegex);
  const routes = rules.map((route) => ruleRoute(route, regexMode, { ...context, host: site.host }));
  if (!hasRoot) routes.push(implicitRoute(site, regexMode, context));
  const origins: readonly ObjectRef[] = site.members.map((member) => member.ingress.ref);
  return {
    site: { host: site.host, origins, routes: routes.toSorted(byPath) },
    problems: [...(regexMode ? regexSharing(site) : []), ...calleeProblems(site, context)],
  };
};

const ruleRoute = (
  route: RuleRoute,
  regexMode: boolean,
  context: SiteContext & Pick<SiteDraft, 'host'>,
): Route<RouteSettings> => {
  const { from, draft } = route;
  const answers = errorAnswers(draft, from, context);
  return {
    path: route.path,
    match: matchOf(route, regexMode),
    ...calling(servedBy(route.target, answers.errors), findCallees(draft, context.host, context.callees), context),
    ...alternativeOf(route.target, context),
    protocol: draft.protocol,
    ...answers,
    settings: { values: from.settings, written: from.written },
    origin: from.ingress.ref,
    field: route.field,
    implicit: false,
  };
};

/** What an Ingress changes of the `/` that it gives to its host. */
const givenBy = (
  from: ParsedIngress,
  draft: RouteDraft,
): Pick<Route<RouteSettings>, 'origin' | 'protocol'> & Partial<Pick<Route<RouteSettings>, 'target'>> => ({
  // The default backend of the installation speaks HTTP, whatever the Ingress says of its own backends.
  protocol: from.ingress.defaultBackend === undefined ? 'HTTP' : draft.protocol,
  origin: from.ingress.ref,
  ...(from.closed ? { target: CLOSED_TARGET } : {}),
});

const implicitRoute = (site: SiteDraft, regexMode: boolean, context: SiteContext): Route<RouteSettings> => {
  const { target, from } = site.implicit;
  const settings = from?.settings ?? ofInstallation(context.globals);
  const draft = shapeRoute('/', settings);
  return {
    path: '/',
    match: regexMode ? { kind: 'regex', own: true } : { kind: 'prefix' },
    target,
    ...(from === undefined ? {} : calling(target, findCallees(draft, site.host, context.callees), context)),
    ...alternativeOf(target, context),
    protocol: 'HTTP',
    ...errorAnswers(draft, from, context),
    settings: { values: settings, written: from?.written ?? new Set() },
    field: ['spec', 'defaultBackend'],
    implicit: true,
    ...(from === undefined ? {} : givenBy(from, draft)),
  };
};

/** A host that only redirects to another one. */
export const redirectSite = (
  { from, to, owner }: HostRedirect,
  globals: Settings,
): Omit<Site<RouteSettings>, 'certificate'> => ({
  host: from,
  origins: [owner.ingress.ref],
  routes: [
    {
      path: '/',
      match: { kind: 'prefix' },
      target: { kind: 'redirect', host: to.host, status: Number(globals['tls-redirect']['http-redirect-code']) },
      protocol: 'HTTP',
      settings: { values: globals, written: new Set() },
      origin: owner.ingress.ref,
      field: ['metadata', 'annotations'],
      implicit: true,
    },
  ],
});
