import { Fault } from '../problems/fault.ts';
import type { Generation, RuntimeTable, WorkerFile } from '../protocol/generation.ts';
import type { Layout } from '../protocol/layout.ts';
import type { Desired, Status } from '../protocol/messages.ts';
import type { Outcome } from '../protocol/outcome.ts';
import { reasonOf } from '../values/thrown.ts';
import { openDesired, type DesiredFolder } from './desired-folder.ts';
import { StatusWatch } from './status-watch.ts';

/** How a publisher behaves. */
export interface PublisherOptions {
  /** Ends the watch, and whatever still waits with a Fault. */
  readonly signal: AbortSignal;
  readonly warn: (message: string) => void;
  /** How long the agent may take for one generation. */
  readonly timeLimitMs?: number;
}

const TIME_LIMIT_MS = 120_000;
/** A status may claim any number; one above this is not followed. */
const MAX_ATTEMPT = 2 ** 50;

/** Opens the way to the agent; a Fault where its folder cannot be written. */
export const createPublisher = async (layout: Layout, options: PublisherOptions): Promise<AgentPublisher> =>
  new AgentPublisher(await openDesired(layout.desired), new StatusWatch(layout.report, options.warn), options);

/** Publishes through the agent: asks in `desired/`, learns from `report/` what became of it. */
export class AgentPublisher {
  readonly #desired: DesiredFolder;
  readonly #watch: StatusWatch;
  readonly #options: PublisherOptions;
  #isPublishing = false;
  /** The digest that the agent confirmed last. */
  #confirmed: string | undefined;
  #lost = (): void => {};

  constructor(desired: DesiredFolder, watch: StatusWatch, options: PublisherOptions) {
    this.#desired = desired;
    this.#watch = watch;
    this.#options = options;
    watch.subscribe((status) => this.#observe(status));
    options.signal.addEventListener('abort', () => void watch.close());
  }

  /** What the agent's NGINX can do; resolves once the agent has spoken. */
  hello(): Promise<Status['nginx']> {
    return this.#until((status) => status.nginx);
  }

  /**
   * Asks for a generation and waits until the agent says what became of it. One at a time. A table that was fed in the
   * meantime is not overwritten by an older one: this one is made at the moment when its turn is taken.
   */
  async publish(
    generation: Generation,
    workerFiles: readonly WorkerFile[],
    table: () => RuntimeTable,
  ): Promise<Outcome> {
    this.#isPublishing = true;
    this.#confirmed = undefined;
    try {
      await this.#watch.look();
      const attempt = this.#attemptFor(generation.digest);
      await this.#desired.ask({ generation, workerFiles, table: table() }, attempt);
      const outcome = await this.#outcomeOf(generation.digest, attempt);
      if (outcome.kind === 'live') this.#confirmed = generation.digest;
      return outcome;
    } finally {
      this.#isPublishing = false;
      if (this.#watch.latest !== undefined) this.#prune(this.#watch.latest);
    }
  }

  /** Digests that living workers run, as the agent says; absent where it does not know all of them. */
  living(): ReadonlySet<string> | undefined {
    const digests = this.#watch.latest?.generations.map(({ digest }) => digest) ?? [];
    return digests.length === 0 || digests.includes('unknown') ? undefined : new Set(digests);
  }

  /** Replaces the runtime table of whatever is asked for now. */
  publishTable(table: RuntimeTable): Promise<void> {
    return this.#desired.feed(table);
  }

  /** Calls when NGINX does not run any more what the agent confirmed last. */
  onLost(listener: () => void): void {
    this.#lost = listener;
  }

  /** The same attempt where it is answered already, as after a restart of the controller; else a new one. */
  #attemptFor(digest: string): number {
    const [asked, told] = [this.#desired.current, this.#watch.latest];
    if (asked?.digest === digest && told !== undefined && isLive(told, asked)) return asked.attempt;
    return Math.max(asked?.attempt ?? 0, attemptOf(told)) + 1;
  }

  #outcomeOf(digest: string, attempt: number): Promise<Outcome> {
    const limit = this.#options.timeLimitMs ?? TIME_LIMIT_MS;
    return this.#until((status) => {
      if (status.digest !== digest || status.attempt !== attempt) return undefined;
      return outcomes[status.phase]?.(status);
    }, limit);
  }

  #until<T>(pick: (status: Status) => T | undefined, limitMs?: number): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const { signal } = this.#options;
    const consider = (status: Status | undefined): void => {
      const picked = status === undefined ? undefined : pick(status);
      if (picked !== undefined) resolve(picked);
    };
    const stop = (): void => reject(new Fault('publish', 'the controller stops'));
    const giveUp = (): void => reject(new Fault('publish', this.#silence(limitMs ?? 0)));
    const unsubscribe = this.#watch.subscribe(consider);
    const timer = limitMs === undefined ? undefined : setTimeout(giveUp, limitMs);
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    consider(this.#watch.latest);
    return promise.finally(() => {
      unsubscribe();
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    });
  }

  #silence(limitMs: number): string {
    const last = this.#watch.latest;
    const word = last === undefined ? 'it has not spoken yet' : `its last word is ${last.phase}`;
    return `the agent did not say within ${Math.round(limitMs / 1000)} s what became of the configuration; ${word}`;
  }

  #observe(status: Status): void {
    if (this.#isPublishing) return;
    this.#prune(status);
    const isSettled = status.phase === 'live' || status.phase === 'refused' || status.phase === 'failed';
    if (this.#confirmed === undefined || !isSettled || status.live === this.#confirmed) return;
    this.#confirmed = undefined;
    this.#lost();
  }

  #prune(status: Status): void {
    this.#desired.prune(status).catch((error: unknown) => {
      this.#options.warn(`files that are no longer needed stay: ${reasonOf(error)}`);
    });
  }
}

const isLive = ({ phase, digest, attempt, live }: Status, asked: Desired): boolean =>
  phase === 'live' && digest === asked.digest && live === asked.digest && attempt === asked.attempt;

const attemptOf = (status: Status | undefined): number => {
  const told = status?.attempt ?? 0;
  return told < MAX_ATTEMPT ? told : 0;
};

const outcomes: Partial<Record<Status['phase'], (status: Status) => Outcome>> = {
  live: () => ({ kind: 'live' }),
  refused: ({ errors }) => ({ kind: 'refused', errors }),
  failed: ({ errors }) => ({ kind: 'failed', message: errors.map(({ text }) => text).join('; ') || 'no reason given' }),
};
