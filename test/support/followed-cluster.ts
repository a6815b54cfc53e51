import type { ClusterState } from '../../src/cluster/cluster-state.ts';
import { createApiClient, type ApiClient, type ApiRequest } from '../../src/kube/api-client.ts';
import type { Interruption } from '../../src/kube/api-fault.ts';
import { createClusterSource, type ClusterSource } from '../../src/kube/cluster-source.ts';
import { loadConfig } from '../../src/kube/load-config.ts';
import { Fault } from '../../src/problems/fault.ts';

const PATIENCE_MS = 60_000;

/** A cluster source as the controller has it, on a real API server, with everything that it asks in view. */
export class FollowedCluster {
  readonly requests: ApiRequest[] = [];
  readonly #answered: ApiRequest[] = [];
  readonly statuses: number[] = [];
  readonly interruptions: Interruption[] = [];
  readonly snapshots: ClusterState[] = [];
  readonly source: ClusterSource;
  readonly #client: ApiClient;
  readonly #ending = new AbortController();
  #cut = new AbortController();
  #isCutOff = false;
  #notice = (): void => {};

  constructor(kubeconfig: string) {
    this.#client = createApiClient(() => loadConfig({ kubeconfig }));
    const silent = { debug: () => {}, info: () => {}, warn: () => {} };
    const meter = {
      listed: () => {},
      watched: () => {},
      heard: () => {},
      interrupted: (_: unknown, reason: Interruption) => void this.interruptions.push(reason),
    };
    const client = { request: (request: ApiRequest) => this.#request(request), close: () => this.#client.close() };
    this.source = createClusterSource(client, { scope: { named: [] }, log: silent, meter }, this.#ending.signal);
    this.source.subscribe(({ state }) => {
      this.snapshots.push(state);
      this.#notice();
    });
  }

  /** Listings since then, page by page; what is read of single Secrets does not count. */
  pages(since = 0): readonly string[] {
    return this.requests
      .slice(since)
      .filter(({ query }) => query?.['limit'] !== undefined)
      .map(({ path }) => path.split('/').at(-1) ?? '');
  }

  /** Waits until a snapshot fits. */
  async until(fits: (state: ClusterState) => boolean): Promise<ClusterState> {
    const fitting = (): ClusterState | undefined => {
      const latest = this.source.latest();
      return latest !== undefined && fits(latest) ? latest : undefined;
    };
    await this.#wait(() => fitting() !== undefined);
    return fitting() ?? this.until(fits);
  }

  async #wait(isTrue: () => boolean): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    while (!isTrue()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#notice = resolve;
      const timer = setTimeout(resolve, deadline - performance.now());
      await promise;
      clearTimeout(timer);
      if (performance.now() > deadline) throw new Error(`waited in vain; seen: ${this.pages().join(' ')}`);
    }
  }

  /** Waits until that many requests were answered that fit. */
  async asked(fits: (request: ApiRequest) => boolean, count: number): Promise<void> {
    const isTrue = (): boolean => this.#answered.filter(fits).length >= count;
    await this.#wait(isTrue);
  }

  /** Breaks every connection, and lets none be made until `mend`. */
  sever(): void {
    this.#isCutOff = true;
    this.#cut.abort();
    this.#cut = new AbortController();
  }

  mend(): void {
    this.#isCutOff = false;
  }

  async close(): Promise<void> {
    this.#ending.abort();
    await this.source.ended;
    await this.#client.close();
  }

  async #request(request: ApiRequest): ReturnType<ApiClient['request']> {
    if (this.#isCutOff) throw new Fault('cluster', 'cut off');
    this.requests.push(request);
    const response = await this.#client.request({
      ...request,
      signal: AbortSignal.any([request.signal, this.#cut.signal]),
    });
    this.#answered.push(request);
    this.statuses.push(response.status);
    this.#notice();
    return response;
  }
}
