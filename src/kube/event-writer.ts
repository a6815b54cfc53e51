import type { Response } from 'undici';
import { Fault } from '../problems/fault.ts';
import type { Problem } from '../problems/problem.ts';
import type { ObjectRef } from '../values/object-ref.ts';
import type { ApiClient, ApiRequest } from './api-client.ts';
import { refusalOf } from './api-messages.ts';
import { eventOf, firstTold, toldAgain, type EventDraft, type Teller } from './event.ts';
import { pause, pauseAfter, patient, type Pauses } from './pauses.ts';
import type { KubeLog } from './reflector.ts';

/** What an Event writer needs of the world. */
export interface EventWriterPorts extends Teller {
  readonly client: ApiClient;
  readonly log: KubeLog;
  /** The uid of an object that exists now. */
  uidOf(ref: ObjectRef): string | undefined;
  readonly pauses?: Pauses;
  /** Between two Events once the burst is used up. */
  readonly intervalMs?: number;
}

/** Tells problems that come and go as Events, in its own time. */
export interface EventWriter {
  /** One that was `found` at the start is told only if no Event of it is left. */
  appeared(problem: Problem, appearance: 'found' | 'new'): void;
  resolved(problem: Problem): void;
  /** Resolves when the signal has come; what was not told by then stays untold. */
  readonly ended: Promise<void>;
}

/** What is to be told: whether or not it was told before, or only if it was not. */
interface Telling {
  readonly draft: EventDraft;
  readonly often: 'once' | 'each time';
}

const BURST = 25;
const ATTEMPTS = 30;
const INTERVAL_MS = 1000;
const MAX_WAITING = 1000;
const CONFLICT = 409;
const TOO_MANY = 429;
const WRITE_MS = 30_000;

/** May be told again later, unlike what the API server refuses for good. */
const mayPass = (status: number): boolean => status === 401 || status === TOO_MANY || status >= 500;

class Writer implements EventWriter {
  readonly #ports: EventWriterPorts;
  readonly #signal: AbortSignal;
  /** By name: of the same Event only the newest waits. */
  readonly #waiting = new Map<string, Telling>();
  #wake = (): void => {};
  #hasWarned = false;
  readonly ended: Promise<void>;

  constructor(ports: EventWriterPorts, signal: AbortSignal) {
    this.#ports = ports;
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#wake());
    this.ended = this.#run();
  }

  appeared(problem: Problem, appearance: 'found' | 'new'): void {
    this.#add(problem, 'appeared', appearance === 'found' ? 'once' : 'each time');
  }

  resolved(problem: Problem): void {
    this.#add(problem, 'resolved', 'each time');
  }

  #add(problem: Problem, change: 'appeared' | 'resolved', often: Telling['often']): void {
    const uid = this.#ports.uidOf(problem.subject);
    const draft = uid === undefined ? undefined : eventOf(problem, change, uid);
    if (draft === undefined) return;
    if (this.#waiting.size >= MAX_WAITING && !this.#waiting.has(draft.name)) return;
    this.#waiting.set(draft.name, { draft, often });
    this.#wake();
  }

  async #run(): Promise<void> {
    const interval = this.#ports.intervalMs ?? INTERVAL_MS;
    let paidAt = 0;
    while (!this.#signal.aborted) {
      const telling = await this.#next();
      if (telling === undefined) return;
      const now = performance.now();
      paidAt = Math.max(now, paidAt) + interval;
      await pause(Math.max(0, paidAt - now - BURST * interval), this.#signal);
      await this.#persist(telling);
    }
  }

  async #next(): Promise<Telling | undefined> {
    while (this.#waiting.size === 0 && !this.#signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
    const [first] = this.#waiting.values();
    if (first === undefined || this.#signal.aborted) return undefined;
    this.#waiting.delete(first.draft.name);
    return first;
  }

  /** Tries until it is told or refused for good, for some minutes at most. */
  async #persist(telling: Telling): Promise<void> {
    for (let failures = 1; failures <= ATTEMPTS && !this.#signal.aborted; failures += 1) {
      try {
        const response = await this.#write(telling);
        if (response === 'told') return;
        if (!mayPass(response.status)) return await this.#settle(response);
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
      }
      await pause(pauseAfter(failures, this.#ports.pauses ?? patient, Math.random()), this.#signal);
    }
  }

  async #settle(response: Response): Promise<void> {
    if (response.ok) {
      await response.body?.cancel();
      return;
    }
    const { message } = await refusalOf(response, 'events');
    this.#ports.log[this.#hasWarned ? 'debug' : 'warn'](`an Event is not written: ${message}`);
    this.#hasWarned = true;
  }

  async #write({ draft, often }: Telling): Promise<Response | 'told'> {
    const folder = `/api/v1/namespaces/${draft.namespace}/events`;
    const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
    const created = await this.#ask({ method: 'POST', path: folder, body: firstTold(draft, this.#ports, now) });
    if (created.status !== CONFLICT) return created;
    await created.body?.cancel();
    if (often === 'once') return 'told';
    const path = `${folder}/${draft.name}`;
    const found = await this.#ask({ path });
    if (!found.ok) return found;
    const known = (await found.json().catch(() => ({}))) as { readonly count?: unknown };
    return this.#ask({ method: 'PATCH', path, body: toldAgain(draft, known.count, now) });
  }

  async #ask(request: Omit<ApiRequest, 'signal'>): Promise<Response> {
    const signal = AbortSignal.any([this.#signal, AbortSignal.timeout(WRITE_MS)]);
    return this.#ports.client.request({ ...request, signal });
  }
}

/**
 * Writes an Event for each problem that comes or goes, at a bounded rate. The loop never waits for it, and nothing that
 * goes wrong here reaches the loop.
 */
export const createEventWriter = (ports: EventWriterPorts, signal: AbortSignal): EventWriter =>
  new Writer(ports, signal);
