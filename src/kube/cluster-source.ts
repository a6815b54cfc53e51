import { emptyState, type ClusterState } from '../cluster/cluster-state.ts';
import type { ResourceOfKind } from '../cluster/decoded-object.ts';
import { namedSecrets } from '../cluster/named-secrets.ts';
import type { Ingress } from '../cluster/resources.ts';
import type { Problem } from '../problems/problem.ts';
import type { ObjectRef } from '../values/object-ref.ts';
import type { ApiClient } from './api-client.ts';
import { ObjectStore, type Change } from './object-store.ts';
import { patient, type Pauses } from './pauses.ts';
import { unmetered, type ReadingMeter } from './reading-meter.ts';
import { Reflector, type KubeLog } from './reflector.ts';
import { SecretContents } from './secret-contents.ts';
import { SecretVersions } from './secret-versions.ts';
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
  /** Besides the newest versions of Ingresses these are served: what they name belongs to the snapshots from now on. */
  alsoServe(versions: readonly Ingress[]): void;
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
  readonly meter?: ReadingMeter;
}

type Listener = Parameters<ClusterSource['subscribe']>[0];

/** One collection while it is followed; without a store until it was listed once. */
interface Followed {
  readonly collection: Collection;
  store?: ObjectStore | SecretVersions;
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
  Namespace: 'namespaces',
} as const satisfies Record<WatchedKind, keyof ClusterState>;

/** Where classes cannot be read, `spec.ingressClassName` says nothing: only the annotation counts (behaviour of ingress-nginx). */
const withoutClassName = (ingress: Ingress): Ingress => {
  const { className: _className, ...others } = ingress;
  return others;
};

class Source implements ClusterSource {
  readonly #scope: Scope;
  readonly #followed: readonly Followed[];
  readonly #contents: SecretContents;
  readonly #listeners = new Set<Listener>();
  readonly #dirty = new Set<WatchedKind>();
  #named: ReadonlySet<ObjectRef> = new Set();
  #alsoServed: readonly Ingress[] = [];
  #classAccess: 'granted' | 'forbidden' = 'granted';
  #changed: 'endpoints' | 'all' = 'endpoints';
  #timer: NodeJS.Timeout | undefined;
  #latest: ClusterState | undefined;
  readonly ended: Promise<void>;

  constructor(client: ApiClient, options: ClusterSourceOptions, signal: AbortSignal) {
    const { log, pauses = patient, meter = unmetered, scope } = options;
    this.#scope = scope;
    this.#followed = collectionsOf(scope).map((collection) => ({ collection }));
    const arrived = (): void => this.#note('Secret', 'all');
    this.#contents = new SecretContents({ client, log, pauses, signal, arrived });
    const runs = this.#followed.map((followed) => {
      const { kind } = followed.collection;
      const reflector = new Reflector<ObjectStore | SecretVersions>(followed.collection, {
        client,
        log,
        pauses,
        meter,
        createStore: () =>
          kind === 'Secret' ? new SecretVersions((ref) => this.#named.has(ref)) : new ObjectStore(kind),
        listed: (store, access) => this.#listed(followed, store, access),
        changed: (change) => this.#note(kind, change),
      });
      return reflector.run(signal);
    });
    this.ended = this.#end(runs);
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    if (this.#latest !== undefined) listener({ state: this.#latest, changed: 'all' });
    return () => this.#listeners.delete(listener);
  }

  alsoServe(versions: readonly Ingress[]): void {
    this.#alsoServed = versions;
    const isNews = [...namedSecrets(versions, [])].some((ref) => !this.#named.has(ref));
    if (isNews) this.#note('Secret', 'all');
  }

  refresh(): void {
    if (this.#latest !== undefined) this.#tell({ state: this.#latest, changed: 'all' });
  }

  latest(): ClusterState | undefined {
    return this.#latest;
  }

  async #end(runs: readonly Promise<void>[]): Promise<void> {
    await Promise.all(runs);
    clearTimeout(this.#timer);
    await this.#contents.end();
  }

  #listed(followed: Followed, store: ObjectStore | SecretVersions, access: 'granted' | 'forbidden'): void {
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
    if (this.#changed === 'all' && this.#wantSecrets() === 'reading') return;
    const changed = this.#changed;
    if (changed === 'all') this.#dirty.add('Secret');
    const before = this.#latest ?? emptyState;
    const kinds = [...this.#dirty].map((kind) => [fields[kind], this.#resources(kind)] as const);
    this.#dirty.clear();
    this.#changed = 'endpoints';
    const problems = changed === 'all' ? this.#problems() : before.problems;
    this.#latest = { ...before, ...Object.fromEntries(kinds), problems };
    this.#tell({ state: this.#latest, changed });
  }

  /** A snapshot is complete when it has the Secrets that its Ingresses and settings name. */
  #wantSecrets(): 'complete' | 'reading' {
    const settings = this.#scope.named.flatMap((ref) =>
      this.#storesOf('ConfigMap').flatMap((s) => s.resources.get(ref) ?? []),
    );
    const ingresses = this.#storesOf('Ingress').flatMap(({ resources }) => [...resources.values()]);
    this.#named = new Set([...namedSecrets([...ingresses, ...this.#alsoServed], settings), ...this.#scope.named]);
    const wanted = this.#followed.flatMap(({ store }) =>
      store instanceof SecretVersions ? [...store.versions].filter(([ref]) => this.#named.has(ref)) : [],
    );
    return this.#contents.want(new Map(wanted));
  }

  #problems(): readonly Problem[] {
    const ofStores = this.#followed.flatMap(({ store }) => (store instanceof ObjectStore ? store.problems() : []));
    return [...ofStores, ...this.#contents.problems()];
  }

  #storesOf<K extends WatchedKind>(kind: K): readonly ObjectStore<K>[] {
    const followed = this.#followed.filter(({ collection }) => collection.kind === kind);
    return followed.flatMap(({ store }) => (store instanceof ObjectStore ? [store as unknown as ObjectStore<K>] : []));
  }

  #resources(kind: WatchedKind): ReadonlyMap<ObjectRef, ResourceOfKind[WatchedKind]> {
    if (kind === 'Secret') return new Map(this.#contents.secrets());
    const entries = this.#storesOf(kind).flatMap(({ resources }) => [...resources]);
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
