import type { Settings } from '../annotations/index.ts';
import { modulesOf } from '../annotations/modules.ts';
import type { References } from '../annotations/references.ts';
import type { ClusterState } from '../cluster/cluster-state.ts';
import type { Ingress } from '../cluster/resources.ts';
import type { RouteTarget, RoutingModel, Site } from '../model/routing-model.ts';
import type { Problem } from '../problems/problem.ts';
import { compareText } from '../values/compare.ts';
import type { NginxModule } from '../values/nginx-module.ts';
import { refParts } from '../values/object-ref.ts';
import { BackendResolver, backendTarget } from './backends.ts';
import { findCanaries } from './canaries.ts';
import { calleeResolver, objectionTo, type CalleeResolver } from './callees.ts';
import { furtherHosts } from './further-hosts.ts';
import { hasPart, type PlanOptions } from './options.ts';
import { parseIngress, type InstallationContext, type ParsedIngress } from './parse-ingress.ts';
import { readGlobals } from './globals.ts';
import { passThrough } from './passthrough.ts';
import { referencesFrom, type WorkerFiles, type World } from './references.ts';
import { CLOSED_TARGET, readDefaultBackend, readRules } from './rules.ts';
import type { PlannedSettings } from './refused-settings.ts';
import { selectIngresses } from './select.ts';
import { indexSlices } from './service-ports.ts';
import { shownSecrets, furtherCertificate, siteCertificate } from './site-certificates.ts';
import { streamSnippets, type StreamSnippet } from './stream-snippets.ts';
import { streamServices } from './stream-services.ts';
import { addRoute, finishSite, redirectSite, type RouteSettings, type SiteDraft } from './sites.ts';
import { problemsOfWatched, watchedNamespaces, type IsWatched } from './watched.ts';

/** The model with the settings of the installation and what was found wrong on the way. */
export interface BuiltModel {
  readonly model: RoutingModel<RouteSettings>;
  readonly globals: Settings;
  /** The texts of the ConfigMap behind the settings. */
  readonly planned: PlannedSettings;
  readonly problems: readonly Problem[];
  /** Optional parts of NGINX that the installation or an Ingress asks for. */
  readonly modules: readonly NginxModule[];
  /** Oldest Ingress first. */
  readonly streamSnippets: readonly StreamSnippet[];
  readonly references: (namespace: string) => References;
  /** What keys of the ConfigMap may name. */
  readonly globalReferences: References;
  /** The settings that hold for the upstream of a backend, by its id. */
  readonly upstreamSettings: ReadonlyMap<string, Settings>;
}

/** One run of `buildModel`: collects sites and problems while it reads the Ingresses in order. */
class ModelBuilder {
  readonly #state: ClusterState;
  readonly #options: PlanOptions;
  readonly #isWatched: IsWatched;
  readonly #backends: BackendResolver;
  readonly #world: World;
  readonly #sites = new Map<string, SiteDraft>();
  readonly #problems: Problem[] = [];
  /** Where requests go that no Ingress wants. */
  #default: RouteTarget = { kind: 'not-found' };

  constructor(state: ClusterState, options: PlanOptions, files: WorkerFiles) {
    this.#state = state;
    this.#options = options;
    this.#isWatched = watchedNamespaces(state, options);
    this.#backends = new BackendResolver(state, indexSlices(state), options);
    this.#world = {
      files,
      objection: (callee) => objectionTo(callee, this.#backends, this.#isWatched),
      has: hasPart(options.capabilities),
      ruleSet: options.layout.run.ruleSet,
    };
  }

  build(): BuiltModel {
    const { globals, unreadable, problems, globalReferences, planned } = readGlobals(
      this.#state,
      this.#options,
      this.#world,
    );
    this.#report([...problemsOfWatched(this.#state, this.#options, this.#isWatched), ...problems]);
    const crossNamespace = globals.policy['allow-cross-namespace-resources'];
    const references = (namespace: string): References =>
      referencesFrom(namespace, this.#state, { crossNamespace, ...this.#world });
    this.#default = unreadable.size > 0 ? CLOSED_TARGET : this.#globalDefault(globals);
    const catchAll = this.#site('', { target: this.#default });
    const all = this.#parseAll({ globals, unreadable, references });
    const main = all.filter(({ isCanary }) => !isCanary);
    const canaries = all.filter(({ isCanary }) => isCanary);
    for (const parsed of main) this.#keepSessions(parsed);
    for (const parsed of main) this.#addIngress(parsed, catchAll, globals);
    const sites = this.#finishSites(globals, canaries);
    const streams = this.#streams(main, { globals, unreadable });
    const decided = this.#backends.decided();
    const certificates = shownSecrets(sites, this.#options.defaultSslCertificate);
    return {
      model: { sites, backends: decided.map(({ backend }) => backend), streams: streams.services, certificates },
      globals,
      planned,
      modules: [...new Set([globals, ...all.map(({ settings }) => settings)].flatMap(modulesOf))].toSorted(),
      problems: this.#problems,
      streamSnippets: streams.snippets,
      references,
      globalReferences,
      upstreamSettings: new Map(decided.map(({ backend, settings }) => [backend.id, settings])),
    };
  }

  #parseAll(installation: InstallationContext): readonly ParsedIngress[] {
    const { ingresses, problems } = selectIngresses(this.#state, this.#options, this.#isWatched);
    this.#report(problems);
    return ingresses.flatMap((ingress) => {
      const { parsed, problems: found } = parseIngress(ingress, this.#options, installation);
      this.#report(found);
      return parsed === undefined ? [] : [parsed];
    });
  }

  #streams(
    ingresses: readonly ParsedIngress[],
    installation: Pick<InstallationContext, 'globals' | 'unreadable'>,
  ): Pick<ReturnType<typeof streamServices>, 'services'> & { readonly snippets: readonly StreamSnippet[] } {
    const options = this.#options;
    const { services, problems } = streamServices({
      state: this.#state,
      options,
      ...installation,
      backends: this.#backends,
    });
    const lines = streamSnippets(ingresses, options.annotationsPrefix);
    this.#report([...problems, ...lines.problems]);
    return { services, snippets: lines.snippets };
  }

  /** One by one: a call with 200,000 arguments is more than the stack holds. */
  #report(problems: readonly Problem[]): void {
    for (const problem of problems) this.#problems.push(problem);
  }

  #keepSessions({ ingress, settings, closed }: ParsedIngress): void {
    if (closed || settings['session-affinity'].affinity === undefined) return;
    const paths = ingress.rules.flatMap((rule) => rule.paths.map(({ backend }) => backend));
    const own = ingress.defaultBackend === undefined ? [] : [ingress.defaultBackend];
    for (const backend of [...own, ...paths])
      this.#backends.keepSessions({ namespace: ingress.namespace, settings }, backend);
  }

  #callees(globals: Settings): CalleeResolver {
    return calleeResolver(this.#backends, { globals, isWatched: this.#isWatched });
  }

  #globalDefault(globals: Settings): RouteTarget {
    const ref = this.#options.defaultBackendService;
    if (ref === undefined) return { kind: 'not-found' };
    const { namespace, name } = refParts(ref);
    const backend = this.#backends.resolveFirstPort({ namespace, settings: globals }, name);
    if (backend.ok) return backendTarget(backend.value, 404);
    const { code, ...facts } = backend.error;
    this.#problems.push({ code, subject: ref, field: [], ...facts, consequence: 'answering 404 instead' });
    return { kind: 'not-found' };
  }

  #site(host: string, implicit: SiteDraft['implicit']): SiteDraft {
    const known = this.#sites.get(host);
    if (known !== undefined) return known;
    const site: SiteDraft = { host, members: [], routes: new Map(), implicit };
    this.#sites.set(host, site);
    return site;
  }

  #addIngress(parsed: ParsedIngress, catchAll: SiteDraft, globals: Settings): void {
    const own = readDefaultBackend(parsed, this.#backends);
    this.#report(own.problems);
    if (own.target !== undefined && parsed.ingress.rules.length === 0) {
      this.#answerEverything(parsed, own.target, { catchAll, globals });
      return;
    }
    const { hosts, routes, problems } = readRules(parsed, this.#backends);
    this.#report(problems);
    const implicit = { target: own.target ?? this.#default, from: parsed };
    for (const host of new Set(hosts)) this.#site(host, implicit).members.push(parsed);
    for (const route of routes) this.#report(addRoute(this.#site(route.host, implicit), route));
  }

  /** An Ingress without rules gives the `/` of all other hosts, without its redirects and rewrites; the oldest wins. */
  #answerEverything(
    parsed: ParsedIngress,
    target: RouteTarget,
    { catchAll, globals }: { readonly catchAll: SiteDraft; readonly globals: Settings },
  ): void {
    if (catchAll.implicit.from !== undefined) {
      const winner = catchAll.implicit.from.ingress;
      this.#problems.push({
        code: 'HostPathConflict',
        subject: parsed.ingress.ref,
        field: ['spec', 'defaultBackend'],
        expected: 'a default backend that no older Ingress has',
        consequence: `the one of ${winner.namespace}/${winner.name} is served`,
      });
      return;
    }
    const settings = { ...parsed.settings, rewrite: globals.rewrite, 'tls-redirect': globals['tls-redirect'] };
    const from = { ...parsed, settings };
    catchAll.implicit = { target, from };
    catchAll.members.push(from);
  }

  #finishSites(globals: Settings, canaries: readonly ParsedIngress[]): readonly Site<RouteSettings>[] {
    const shared = { globals, backends: this.#backends };
    const { alternativeOf, problems: unused } = findCanaries(canaries, { ...shared, sites: this.#sites });
    this.#report(unused);
    const context = {
      ...shared,
      fallback: this.#default,
      alternativeOf,
      callees: this.#callees(globals),
      securityMismatch: this.#options.securityMismatch,
    };
    const further = furtherHosts(this.#sites);
    const drafts = [...this.#sites.values()].toSorted((a, b) => compareText(a.host, b.host));
    const own = drafts.map((draft) => {
      const finished = finishSite(draft, context);
      const { members } = draft;
      const { site, problems } = passThrough(finished.site, {
        options: this.#options,
        backends: this.#backends,
        members,
      });
      this.#report(finished.problems);
      const tls = siteCertificate(draft.host, ingressesOf(draft), this.#state);
      this.#report(problems);
      this.#report(tls.problems);
      return { ...site, certificate: tls.certificate };
    });
    this.#report(further.problems);
    const aliases = further.aliases.map((draft) => ({
      ...finishSite(draft, context).site,
      certificate: furtherCertificate(draft.host, ingressesOf(draft), this.#state),
    }));
    const redirects = further.redirects.map((redirect) => ({
      ...redirectSite(redirect, globals),
      certificate: furtherCertificate(redirect.from, ingressesOf(redirect.to), this.#state),
    }));
    return [...own, ...aliases, ...redirects].toSorted((a, b) => compareText(a.host, b.host));
  }
}

const ingressesOf = ({ members }: SiteDraft): readonly Ingress[] => members.map(({ ingress }) => ingress);

/** Who asked for what: selects, parses, merges and resolves; every mistake becomes a Problem and touches nobody else. */
export const buildModel = (state: ClusterState, options: PlanOptions, files: WorkerFiles): BuiltModel =>
  new ModelBuilder(state, options, files).build();
