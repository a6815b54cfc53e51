import type { Response } from 'undici';
import { Fault } from '../problems/fault.ts';
import { asFault, type ApiClient } from './api-client.ts';
import { pageOf, refusalOf, watchEventOf, type WatchEvent } from './api-messages.ts';
import { ObjectStore, type Change } from './object-store.ts';
import { pause, pauseAfter, type Pauses } from './pauses.ts';
import { readLines } from './read-lines.ts';
import type { Collection } from './watched-kinds.ts';

/** The part of a logger that reading the cluster needs. */
export interface KubeLog {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** What a reflector needs, and whom it tells. */
export interface ReflectorPorts {
  readonly client: ApiClient;
  readonly log: KubeLog;
  readonly pauses: Pauses;
  /** A complete listing, at the start and whenever the thread was lost; `forbidden`: we may not read these. */
  listed(store: ObjectStore, access: 'granted' | 'forbidden'): void;
  changed(change: Change): void;
}

const PAGE = 500;
const LIST_MS = 120_000;
const WATCH_SECONDS = 240;
/** How long after its time the API server may take to end a watch. */
const GRACE_MS = 30_000;
const SHORT_MS = 1000;
/** The version to watch from is too old, or none that this API server knows. */
const UNUSABLE_VERSION = new Set([400, 410]);
const FORBIDDEN = 403;

/**
 * Keeps the objects of one collection as the API server has them, until the signal: lists in pages, watches from the
 * listed version, resumes from the last version seen, and lists again only where that version is gone.
 */
export class Reflector {
  readonly #collection: Collection;
  readonly #ports: ReflectorPorts;
  #store: ObjectStore;
  #version: string | undefined;
  #failures = 0;

  constructor(collection: Collection, ports: ReflectorPorts) {
    this.#collection = collection;
    this.#ports = ports;
    this.#store = new ObjectStore(collection.kind);
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#survive(async () => {
        if (this.#version === undefined) await this.#list(signal);
        if (this.#version !== undefined) await this.#watch(this.#version, signal);
      }, signal);
      await pause(pauseAfter(this.#failures, this.#ports.pauses, Math.random()), signal);
    }
  }

  async #survive(round: () => Promise<void>, signal: AbortSignal): Promise<void> {
    try {
      await round();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (!signal.aborted) this.#failed(error.message);
    }
  }

  #failed(reason: string): void {
    this.#failures += 1;
    const { kind } = this.#collection;
    const level = this.#failures === 1 ? 'warn' : 'debug';
    this.#ports.log[level](`reading ${kind} objects was interrupted: ${reason}`, { kind, failures: this.#failures });
  }

  #succeeded(): void {
    const { kind } = this.#collection;
    if (this.#failures > 0) this.#ports.log.info(`reading ${kind} objects goes on`, { kind });
    this.#failures = 0;
  }

  async #list(signal: AbortSignal): Promise<void> {
    const store = new ObjectStore(this.#collection.kind);
    let token = '';
    do {
      const response = await this.#ask({ limit: String(PAGE), ...(token === '' ? {} : { continue: token }) }, signal);
      if (response.status === FORBIDDEN && this.#collection.isOptional) return this.#forbidden(response);
      if (!response.ok) throw await refusalOf(response, this.#collection.path);
      const page = pageOf(await response.text().catch(rethrow));
      for (const item of page.items) store.put(this.#complete(item));
      token = page.token;
      this.#version = token === '' ? page.version : undefined;
    } while (token !== '');
    this.#store = store;
    this.#ports.listed(store, 'granted');
  }

  /** Items of a list do not say what they are. */
  #complete(item: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    const { apiVersion, kind } = this.#collection;
    return { apiVersion, kind, ...item };
  }

  async #forbidden(response: Response): Promise<void> {
    const { message } = await refusalOf(response, this.#collection.path);
    this.#ports.listed(new ObjectStore(this.#collection.kind), 'forbidden');
    this.#failed(message);
  }

  async #watch(version: string, signal: AbortSignal): Promise<void> {
    const seconds = Math.round(WATCH_SECONDS * (1 + Math.random()));
    const started = performance.now();
    const ending = AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000 + GRACE_MS)]);
    const query = { watch: '1', allowWatchBookmarks: 'true', resourceVersion: version, timeoutSeconds: `${seconds}` };
    const response = await this.#ask(query, ending);
    if (UNUSABLE_VERSION.has(response.status)) this.#version = undefined;
    if (!response.ok || response.body === null) throw await refusalOf(response, this.#collection.path);
    await this.#follow(response.body);
    if (performance.now() - started < SHORT_MS) throw new Fault('cluster', 'the watch ended at once');
    this.#succeeded();
  }

  async #follow(body: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      for await (const line of readLines(body)) {
        if (line !== '') this.#take(watchEventOf(line));
      }
    } catch (error) {
      // A broken connection resumes; what cannot be understood may hide a change, so everything is read again.
      if (error instanceof Fault) this.#version = undefined;
      throw asFault(error);
    }
  }

  #take(event: WatchEvent): void {
    if (event.type === 'error') throw new Fault('cluster', `the API server ended the watch: ${event.message}`);
    this.#version = event.version;
    this.#succeeded();
    if (event.type === 'bookmark') return;
    const object = this.#complete(event.object);
    this.#ports.changed(event.type === 'put' ? this.#store.put(object) : this.#store.remove(object));
  }

  async #ask(query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Response> {
    const { path, selector } = this.#collection;
    const limited = query['watch'] === undefined ? AbortSignal.any([signal, AbortSignal.timeout(LIST_MS)]) : signal;
    return this.#ports.client.request({ path, query: { ...selector, ...query }, signal: limited });
  }
}

const rethrow = (error: unknown): never => {
  throw asFault(error);
};
