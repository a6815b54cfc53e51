import type { Response } from 'undici';
import { Fault } from '../problems/fault.ts';
import { asFault, type ApiClient } from './api-client.ts';
import { ApiFault } from './api-fault.ts';
import { pageOf, refusalOf, watchEventOf, type WatchEvent } from './api-messages.ts';
import type { Change, Store } from './object-store.ts';
import { pause, pauseAfter, type Pauses } from './pauses.ts';
import { readLines } from './read-lines.ts';
import type { ReadingMeter } from './reading-meter.ts';
import type { Collection } from './watched-kinds.ts';

/** The part of a logger that reading the cluster needs. */
export interface KubeLog {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** What a reflector needs, and whom it tells. */
export interface ReflectorPorts<S extends Store> {
  readonly client: ApiClient;
  readonly log: KubeLog;
  readonly pauses: Pauses;
  readonly meter: ReadingMeter;
  /** Each listing fills a store of its own. */
  createStore(): S;
  /** A complete listing, at the start and whenever the thread was lost; `forbidden`: we may not read these. */
  listed(store: S, access: 'granted' | 'forbidden'): void;
  changed(change: Change): void;
}

const PAGE = 500;
const LIST_MS = 120_000;
/** At least, and up to twice as long: a connection that dies without a reset is noticed when its time is over. */
const WATCH_SECONDS = 60;
/** How long after its time the API server may take to end a watch. */
const GRACE_MS = 30_000;
const SHORT_MS = 1000;
/** The version to watch from is too old, or none that this API server knows. */
const UNUSABLE_VERSION = new Set([400, 410]);
const FORBIDDEN = 403;
const TOO_MANY = 429;
/** Errors of a watch that say nothing about its version: the API server is busy or going down. */
const PASSING = new Set([TOO_MANY, 503, 504]);

const METADATA = ';g=meta.k8s.io;v=v1';

/**
 * Keeps the objects of one collection as the API server has them, until the signal: lists in pages, watches from the
 * listed version, resumes from the last version seen, and lists again only where that version is gone.
 */
export class Reflector<S extends Store> {
  readonly #collection: Collection;
  readonly #ports: ReflectorPorts<S>;
  #store: S;
  #version: string | undefined;
  #failures = 0;
  #retryAfterMs = 0;
  #wasGranted = false;
  #wasReady = false;

  constructor(collection: Collection, ports: ReflectorPorts<S>) {
    this.#collection = collection;
    this.#ports = ports;
    this.#store = ports.createStore();
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#survive(async () => {
        if (this.#version === undefined) await this.#list(signal);
        if (this.#version !== undefined) await this.#watch(this.#version, signal);
      }, signal);
      const patience = pauseAfter(this.#failures, this.#ports.pauses, Math.random());
      await pause(Math.max(patience, this.#retryAfterMs), signal);
    }
  }

  async #survive(round: () => Promise<void>, signal: AbortSignal): Promise<void> {
    this.#retryAfterMs = 0;
    try {
      await round();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (!signal.aborted) this.#failed(error);
    }
  }

  #failed(fault: Fault): void {
    this.#failures += 1;
    const { kind } = this.#collection;
    if (fault instanceof ApiFault) {
      this.#ports.meter.interrupted(kind, fault.reason);
      this.#retryAfterMs = fault.retryAfterMs;
      if (fault.reason === 'unreachable') this.#wasReady = false;
    }
    const level = this.#failures === 1 ? 'warn' : 'debug';
    this.#ports.log[level](`reading ${kind} objects was interrupted: ${fault.message}`, {
      kind,
      failures: this.#failures,
    });
  }

  #succeeded(): void {
    const { kind } = this.#collection;
    if (this.#failures > 0) this.#ports.log.info(`reading ${kind} objects goes on`, { kind });
    this.#failures = 0;
  }

  async #list(signal: AbortSignal): Promise<void> {
    const store = this.#ports.createStore();
    let token = '';
    do {
      const response = await this.#ask({ limit: String(PAGE), ...(token === '' ? {} : { continue: token }) }, signal);
      if (response.status === FORBIDDEN && this.#isFinal()) return this.#forbidden(response);
      if (response.status === FORBIDDEN) await this.#lookWhetherReady(signal);
      if (!response.ok) throw await refusalOf(response, this.#collection.path);
      const page = pageOf(await response.text().catch(rethrow));
      for (const item of page.items) store.put(this.#complete(item));
      token = page.token;
      this.#version = token === '' ? page.version : undefined;
    } while (token !== '');
    this.#store = store;
    this.#wasGranted = true;
    this.#ports.meter.listed(this.#collection.kind);
    this.#ports.listed(store, 'granted');
  }

  /** Items of a list do not say what they are, and metadata says that it is metadata. */
  #complete(item: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    const { apiVersion, kind } = this.#collection;
    return { ...item, apiVersion, kind };
  }

  /**
   * Whether a refusal is the last word. An API server that has just started refuses what it will allow in a second,
   * because it has not read its roles yet; and what was read once is not forgotten because rights were taken away.
   */
  #isFinal(): boolean {
    return this.#collection.isOptional && !this.#wasGranted && this.#wasReady;
  }

  /** For the next refusal: this one may be older than the answer. */
  async #lookWhetherReady(signal: AbortSignal): Promise<void> {
    if (!this.#collection.isOptional) return;
    const { status, body } = await this.#ports.client.request({ path: '/readyz', signal: limited(signal) });
    await body?.cancel();
    this.#wasReady = status < 500 && status !== TOO_MANY;
  }

  async #forbidden(response: Response): Promise<void> {
    this.#failed(await refusalOf(response, this.#collection.path));
    this.#ports.listed(this.#ports.createStore(), 'forbidden');
  }

  async #watch(version: string, signal: AbortSignal): Promise<void> {
    const seconds = Math.round(WATCH_SECONDS * (1 + Math.random()));
    const started = performance.now();
    const ending = AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000 + GRACE_MS)]);
    const query = { watch: '1', allowWatchBookmarks: 'true', resourceVersion: version, timeoutSeconds: `${seconds}` };
    const response = await this.#ask(query, ending);
    if (UNUSABLE_VERSION.has(response.status)) this.#version = undefined;
    if (!response.ok || response.body === null) throw await refusalOf(response, this.#collection.path);
    this.#ports.meter.watched(this.#collection.kind);
    const hasLasted = setTimeout(() => this.#succeeded(), SHORT_MS);
    await this.#follow(response.body).finally(() => clearTimeout(hasLasted));
    if (performance.now() - started < SHORT_MS) throw new ApiFault('short', 'the watch ended at once');
    this.#succeeded();
  }

  async #follow(body: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      for await (const line of readLines(body)) {
        if (line !== '') this.#take(watchEventOf(line));
      }
    } catch (error) {
      // A broken connection resumes; what cannot be understood may hide a change, so everything is read again.
      if (error instanceof ApiFault && error.reason !== 'refused') this.#version = undefined;
      throw asFault(error);
    }
  }

  #take(event: WatchEvent): void {
    if (event.type === 'error') {
      const reason = PASSING.has(event.code) ? 'refused' : 'expired';
      throw new ApiFault(reason, `the API server ended the watch: ${event.code} ${event.message}`);
    }
    this.#version = event.version;
    this.#succeeded();
    this.#ports.meter.heard(this.#collection.kind, event.type === 'bookmark' ? 'bookmark' : 'change');
    if (event.type === 'bookmark') return;
    const object = this.#complete(event.object);
    this.#ports.changed(event.type === 'put' ? this.#store.put(object) : this.#store.remove(object));
  }

  async #ask(query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Response> {
    const { path, selector, content } = this.#collection;
    const isWatch = query['watch'] !== undefined;
    const form = isWatch ? 'PartialObjectMetadata' : 'PartialObjectMetadataList';
    return this.#ports.client.request({
      path,
      query: { ...selector, ...query },
      signal: isWatch ? signal : limited(signal),
      ...(content === 'metadata' ? { accept: `application/json;as=${form}${METADATA}` } : {}),
    });
  }
}

const limited = (signal: AbortSignal): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(LIST_MS)]);

const rethrow = (error: unknown): never => {
  throw asFault(error);
};
