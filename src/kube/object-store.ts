import { decodeObject, type Decoded } from '../cluster/decode.ts';
import type { ResourceOfKind } from '../cluster/decoded-object.ts';
import type { EndpointSlice } from '../cluster/resources.ts';
import type { Problem } from '../problems/problem.ts';
import type { ObjectRef } from '../values/object-ref.ts';
import type { WatchedKind } from './watched-kinds.ts';

/** What a change means for those who plan: nothing, other endpoints of what is planned, or anything. */
export type Change = 'none' | 'endpoints' | 'all';

/** What a reflector fills. */
export interface Store {
  /** Takes in a new object or a new version. */
  put(value: unknown): Change;
  remove(value: unknown): Change;
}

/** The objects of one collection as they were decoded, and what was wrong with them; nothing else is kept. */
export class ObjectStore<K extends WatchedKind = WatchedKind> implements Store {
  readonly #kind: K;
  readonly #resources = new Map<ObjectRef, ResourceOfKind[K]>();
  readonly #problems = new Map<ObjectRef, readonly Problem[]>();

  constructor(kind: K) {
    this.#kind = kind;
  }

  get resources(): ReadonlyMap<ObjectRef, ResourceOfKind[K]> {
    return this.#resources;
  }

  problems(): readonly Problem[] {
    return [...this.#problems.values()].flat();
  }

  /** Takes in a new object or a new version; one that cannot be decoded leaves its problems only. */
  put(value: unknown): Change {
    const decoded = decodeObject(value);
    if (decoded.outcome === 'ignored' || !this.#isOurs(decoded)) return 'none';
    const ref = decoded.outcome === 'object' ? decoded.object.resource.ref : decoded.subject;
    const before = this.#resources.get(ref);
    const hadProblems = this.#problems.delete(ref);
    if (decoded.problems.length > 0) this.#problems.set(ref, decoded.problems);
    if (decoded.outcome === 'refused') {
      this.#resources.delete(ref);
      return 'all';
    }
    this.#resources.set(ref, decoded.object.resource as ResourceOfKind[K]);
    if (before === undefined || hadProblems || decoded.problems.length > 0) return 'all';
    return decoded.object.kind === 'EndpointSlice'
      ? sliceChange(before as EndpointSlice, decoded.object.resource)
      : 'all';
  }

  remove(value: unknown): Change {
    const decoded = decodeObject(value);
    if (decoded.outcome === 'ignored') return 'none';
    const ref = decoded.outcome === 'object' ? decoded.object.resource.ref : decoded.subject;
    const hadProblems = this.#problems.delete(ref);
    return this.#resources.delete(ref) || hadProblems ? 'all' : 'none';
  }

  #isOurs(decoded: Exclude<Decoded, { outcome: 'ignored' }>): boolean {
    return decoded.outcome === 'refused' || decoded.object.kind === this.#kind;
  }
}

const shapeOf = ({ service, addressType, ports }: EndpointSlice): string =>
  JSON.stringify([service, addressType, ports.map(({ name, port, protocol }) => [name, port, protocol])]);

const sliceChange = (before: EndpointSlice, now: EndpointSlice): Change =>
  shapeOf(before) === shapeOf(now) ? 'endpoints' : 'all';
