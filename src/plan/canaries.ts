import type { IngressBackend, IngressPath } from '../cluster/resources.ts';
import type { Alternative, Backend, RouteTarget } from '../model/routing-model.ts';
import type { Problem } from '../problems/problem.ts';
import type { FieldPath } from '../values/field-path.ts';
import type { BackendResolver } from './backends.ts';
import { parseHost } from './hosts.ts';
import type { ParsedIngress } from './parse-ingress.ts';
import { parsePath } from './rules.ts';
import { routeKey, type RouteSettings, type SiteDraft } from './sites.ts';

/** The canaries of backends, by the id of the main one. */
export type Alternatives = ReadonlyMap<string, Alternative<RouteSettings>>;

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

/** Leads canary Ingresses to the backends whose requests they share; the oldest canary of a backend is its only one. */
class CanaryFinder {
  readonly alternatives = new Map<string, Alternative<RouteSettings>>();
  readonly problems: Problem[] = [];
  readonly #sites: ReadonlyMap<string, SiteDraft>;
  readonly #backends: BackendResolver;

  constructor(sites: ReadonlyMap<string, SiteDraft>, backends: BackendResolver) {
    this.#sites = sites;
    this.#backends = backends;
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
    if (mains.length === 0)
      this.#report(place, { expected: 'host, path and pathType of a path of another Ingress that is served' });
    for (const main of mains) this.#joinMain(place, main);
  }

  #joinMain(place: Place, main: Main): void {
    const { ingress, settings, written } = place.from;
    const known = this.alternatives.get(main.backend.id);
    const asker = { namespace: ingress.namespace, settings, main: main.backend };
    const isOlder = known !== undefined && known.origin !== ingress.ref;
    const found = isOlder ? undefined : this.#backends.resolve(asker, place.backend);
    if (found === undefined) return this.#report(place, { expected: 'a main Service without an older canary' });
    if (!found.ok) return this.#report(place, found.error);
    const { value: backend } = found;
    if (backend.service === main.backend.service && backend.port === main.backend.port)
      return this.#report(place, { expected: 'another Service than the main one', received: backend.label });
    if (known !== undefined && known.backend.id !== backend.id)
      return this.#report(place, { expected: 'one canary for each main Service', received: backend.label });
    this.alternatives.set(main.backend.id, { backend, settings: { values: settings, written }, origin: ingress.ref });
    if (main.from.ingress.namespace !== ingress.namespace) this.#tellOwner(main, place.from);
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
  sites: ReadonlyMap<string, SiteDraft>,
  backends: BackendResolver,
): Pick<CanaryFinder, 'alternatives' | 'problems'> => {
  const finder = new CanaryFinder(sites, backends);
  for (const canary of canaries) finder.add(canary);
  return finder;
};
