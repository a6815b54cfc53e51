import { emptyState, type ClusterState } from '../cluster/cluster-state.ts';
import type { ResourceOfKind } from '../cluster/decoded-object.ts';
import type { Ingress } from '../cluster/resources.ts';
import type { ObjectRef } from '../values/object-ref.ts';
import type { ApiClient } from './api-client.ts';
import type { ObjectStore, Change } from './object-store.ts';
import { patient, type Pauses } from './pauses.ts';
import { Reflector, type KubeLog } from './reflector.ts';
import { collectionsOf, type Collection, type Scope, type WatchedKind } from './watched-kinds.ts';

/** A new snapshot; `endpoints`: only addresses and readiness of endpoints differ. */
export interface SourceChange {
  readonly state: ClusterState;
  readonly changed: 'endpoints' | 'all';
}

/** Snapshots of a cluster. */
export interface ClusterSource {
  /** Returns how to end the subscription. */
  subscribe(listener: (change: SourceChange) => void): () => void;
  /** Tells the newest snapshot again, as if everything had changed. */
  refresh(): void;
  /** The newest snapshot; absent until every first listing is complete. */
  latest(): ClusterState | undefined;
  /** Resolves when the signal has come and nothing runs any more; rejects with a bug of ours. */
  readonly ended: Promise<void>;
}

/** What to read, and how. */
export interface ClusterSourceOptions {
  readonly scope: Scope;
  readonly log: KubeLog;
  readonly pauses?: Pauses;
}

type Listener = Parameters<ClusterSource['subscribe']>[0];

/** One collection while it is followed; without a store until it was listed once. */
interface Followed {
  readonly collection: Collection;
  store?: ObjectStore;
}

/** Changes that come close together make one snapshot; the loop has a patience of its own. */
const GATHER_MS = 20;

const fields = {
  Ingress: 'ingresses',
  IngressClass: 'classes',
  Service: 'services',
  EndpointSlice: 'endpointSlices',
  Secret: 'secrets',
  ConfigMap: 'configMaps',
} as const satisfies Record<WatchedKind, keyof ClusterState>;

/** Where classes cannot be read, `spec.ingressClassName` says nothing: only the annotation counts (behaviour of ingress-nginx). */
const withoutClassName = (ingress: Ingress): Ingress => {
  const { className: _className, ...others } = ingress;
  return others;
};

class Source implements ClusterSource {
  readonly #followed: readonly Followed[];
  readonly #listeners = new Set<Listener>();
  readonly #dirty = new Set<WatchedKind>();
  #classAccess: 'granted' | 'forbidden' = 'granted';
  #changed: 'endpoints' | 'all' = 'endpoints';
  #timer: NodeJS.Timeout | undefined;
  #latest: ClusterState | undefined;
  readonly ended: Promise<void>;

  constructor(client: ApiClient, options: ClusterSourceOptions, signal: AbortSignal) {
    this.#followed = collectionsOf(options.scope).map((collection) => ({ collection }));
    const { log, pauses = patient } = options;
    const runs = this.#followed.map((followed) => {
      const { kind } = followed.collection;
      const reflector = new Reflector(followed.collection, {
        client,
        log,
        pauses,
        listed: (store, access) => this.#listed(followed, store, access),
        changed: (change) => this.#note(kind, change),
      });
      return reflector.run(signal);
    });
    this.ended = Promise.all(runs).then(() => clearTimeout(this.#timer));
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    if (this.#latest !== undefined) listener({ state: this.#latest, changed: 'all' });
    return () => this.#listeners.delete(listener);
  }

  refresh(): void {
    if (this.#latest !== undefined) this.#tell({ state: this.#latest, changed: 'all' });
  }

  latest(): ClusterState | undefined {
    return this.#latest;
  }

  #listed(followed: Followed, store: ObjectStore, access: 'granted' | 'forbidden'): void {
    followed.store = store;
    if (followed.collection.kind === 'IngressClass') {
      if (access !== this.#classAccess) this.#dirty.add('Ingress');
      this.#classAccess = access;
    }
    this.#note(followed.collection.kind, 'all');
  }

  #note(kind: WatchedKind, change: Change): void {
    if (change === 'none') return;
    this.#dirty.add(kind);
    if (change === 'all') this.#changed = 'all';
    const isComplete = this.#followed.every(({ store }) => store !== undefined);
    if (isComplete) this.#timer ??= setTimeout(() => this.#flush(), GATHER_MS);
  }

  #flush(): void {
    this.#timer = undefined;
    const changed = this.#changed;
    const before = this.#latest ?? emptyState;
    const kinds = [...this.#dirty].map((kind) => [fields[kind], this.#resources(kind)] as const);
    this.#dirty.clear();
    this.#changed = 'endpoints';
    const problems =
      changed === 'all' ? this.#followed.flatMap(({ store }) => store?.problems() ?? []) : before.problems;
    this.#latest = { ...before, ...Object.fromEntries(kinds), problems };
    this.#tell({ state: this.#latest, changed });
  }

  #resources<K extends WatchedKind>(kind: K): ReadonlyMap<ObjectRef, ResourceOfKind[K] | Ingress> {
    const stores = this.#followed.filter(({ collection }) => collection.kind === kind).map(({ store }) => store);
    const entries = stores.flatMap((store) => [...((store as ObjectStore<K> | undefined)?.resources ?? [])]);
    if (kind !== 'Ingress' || this.#classAccess === 'granted') return new Map(entries);
    return new Map(entries.map(([ref, ingress]) => [ref, withoutClassName(ingress as Ingress)]));
  }

  #tell(change: SourceChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}

/** Follows the cluster until the signal; the first snapshot comes when every listing is complete. */
export const createClusterSource = (
  client: ApiClient,
  options: ClusterSourceOptions,
  signal: AbortSignal,
): ClusterSource => new Source(client, options, signal);
