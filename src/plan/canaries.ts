import type { Settings } from '../annotations/index.ts';
import type { IngressBackend, IngressPath } from '../cluster/resources.ts';
import type { Alternative, Backend, RouteTarget } from '../model/routing-model.ts';
import type { Problem } from '../problems/problem.ts';
import type { FieldPath } from '../values/field-path.ts';
import type { BackendResolver } from './backends.ts';
import { parseHost } from './hosts.ts';
import type { ParsedIngress } from './parse-ingress.ts';
import { parsePath } from './rules.ts';
import { routeKey, type RouteSettings, type SiteDraft } from './sites.ts';

/** The canary of a backend, where it has one. */
export type AlternativeOf = (main: Backend) => Alternative<RouteSettings> | undefined;

/** A backend that may get a canary, and the Ingress that leads to it. */
interface Main {
  readonly backend: Backend;
  readonly from: ParsedIngress;
}

/** A place where a canary Ingress names a backend. */
interface Place {
  readonly from: ParsedIngress;
  readonly field: FieldPath;
  readonly backend: IngressBackend;
}

const mainOf = (target: RouteTarget | undefined, from: ParsedIngress | undefined): readonly Main[] =>
  target?.kind === 'backend' && from !== undefined ? [{ backend: target.backend, from }] : [];

const portOf = ({ service, port }: Backend): string => `${service} ${port}`;

const SERVED = 'host, path and pathType of a path of another Ingress that is served';
const OWN = 'a path of an Ingress of the same namespace (allow-cross-namespace-resources is false)';

const isOfSameNamespace = (a: ParsedIngress, b: ParsedIngress): boolean => a.ingress.namespace === b.ingress.namespace;

/** Where canaries look for what they share. */
interface CanaryContext {
  readonly sites: ReadonlyMap<string, SiteDraft>;
  readonly backends: BackendResolver;
  readonly globals: Settings;
}

/** Leads canary Ingresses to the Service ports whose requests they share; the oldest canary of a port is its only one. */
class CanaryFinder {
  readonly problems: Problem[] = [];
  readonly #sites: ReadonlyMap<string, SiteDraft>;
  readonly #backends: BackendResolver;
  /** Whether they may take requests of another namespace, with cookies and passwords. */
  readonly #crossNamespace: boolean;
  /** By the Service port of the main backend. */
  readonly #canaries = new Map<string, Place>();

  constructor({ sites, backends, globals }: CanaryContext) {
    this.#sites = sites;
    this.#backends = backends;
    this.#crossNamespace = globals.policy['allow-cross-namespace-resources'];
  }

  add(from: ParsedIngress): void {
    const { defaultBackend, rules } = from.ingress;
    if (defaultBackend !== undefined)
      this.#join({ from, field: ['spec', 'defaultBackend'], backend: defaultBackend }, this.#ofAllOtherHosts());
    for (const [index, { host, paths }] of rules.entries()) {
      for (const [number, path] of paths.entries()) {
        const field = ['spec', 'rules', index, 'http', 'paths', number];
        this.#join({ from, field, backend: path.backend }, this.#ofPath(host, path));
      }
    }
  }

  alternativeOf(main: Backend): Alternative<RouteSettings> | undefined {
    const place = this.#canaries.get(portOf(main));
    const found = place === undefined ? undefined : this.#resolve(place, main);
    if (place === undefined || found?.ok !== true) return undefined;
    const { ingress, written } = place.from;
    const settings = { values: this.#settingsOf(place.from, main), written };
    return { backend: found.value, settings, origin: ingress.ref };
  }

  #ofPath(host: string, path: IngressPath): readonly Main[] {
    const name = parseHost(host);
    const wanted = parsePath(path);
    if (!name.ok || !wanted.ok) return [];
    const route = this.#sites.get(name.value)?.routes.get(routeKey(wanted.value));
    return route?.pathType === wanted.value.pathType ? mainOf(route.target, route.from) : [];
  }

  #ofAllOtherHosts(): readonly Main[] {
    const site = this.#sites.get('');
    if (site === undefined) return [];
    const { target, from } = site.implicit;
    return [...mainOf(target, from), ...[...site.routes.values()].flatMap((route) => mainOf(route.target, route.from))];
  }

  #join(place: Place, mains: readonly Main[]): void {
    const joined = mains.filter(({ from }) => this.#crossNamespace || isOfSameNamespace(from, place.from));
    if (joined.length === 0) this.#report(place, { expected: mains.length === 0 ? SERVED : OWN });
    for (const main of joined) this.#joinMain(place, main);
  }

  #joinMain(place: Place, main: Main): void {
    const { backend, from } = main;
    const known = this.#canaries.get(portOf(backend));
    if (known !== undefined && known.from !== place.from)
      return this.#report(place, { expected: 'a main Service without an older canary', received: backend.label });
    const found = this.#resolve(place, backend);
    if (!found.ok) return this.#report(place, found.error);
    const { value: canary } = found;
    if (portOf(canary) === portOf(backend))
      return this.#report(place, { expected: 'another Service than the main one', received: canary.label });
    const first = known === undefined ? found : this.#resolve(known, backend);
    if (first.ok && first.value.id !== canary.id)
      return this.#report(place, { expected: 'one canary for each main Service', received: canary.label });
    this.#canaries.set(portOf(backend), place);
    if (!isOfSameNamespace(from, place.from)) this.#tellOwner(main, place.from);
  }

  #resolve({ from, backend }: Place, main: Backend): ReturnType<BackendResolver['resolve']> {
    const settings = this.#settingsOf(from, main);
    const { cookiePath } = main;
    const asker = { namespace: from.ingress.namespace, settings, main };
    return this.#backends.resolve(cookiePath === undefined ? asker : { ...asker, cookiePath }, backend);
  }

  /** A sticky canary has the sessions of its main backend. */
  #settingsOf({ settings }: ParsedIngress, main: Backend): Settings {
    const own = settings['session-affinity'];
    const sessions = this.#backends.settingsOf(main)?.['session-affinity'];
    if (sessions === undefined || own['affinity-canary-behavior'] === 'legacy') return settings;
    return { ...settings, 'session-affinity': { ...sessions, 'affinity-canary-behavior': 'sticky' } };
  }

  #tellOwner({ from, backend }: Main, { ingress }: ParsedIngress): void {
    this.problems.push({
      code: 'CanaryOfOtherNamespace',
      subject: from.ingress.ref,
      field: ['spec'],
      expected: 'canaries of the same namespace',
      received: `${ingress.namespace}/${ingress.name}`,
      consequence: `it gets requests to ${backend.label} as it asks for`,
    });
  }

  #report({ from, field }: Place, facts: Pick<Problem, 'expected'> & Partial<Problem>): void {
    this.problems.push({
      code: 'CanaryUnused',
      subject: from.ingress.ref,
      field: [...field],
      consequence: 'it gets no requests of that path',
      ...facts,
    });
  }
}

/** Which backend has which canary; `canaries` come oldest first. */
export const findCanaries = (
  canaries: readonly ParsedIngress[],
  context: CanaryContext,
): { readonly alternativeOf: AlternativeOf; readonly problems: readonly Problem[] } => {
  const finder = new CanaryFinder(context);
  for (const canary of canaries) finder.add(canary);
  return { alternativeOf: (main) => finder.alternativeOf(main), problems: finder.problems };
};
