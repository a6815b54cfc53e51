import type { ClusterState } from '../cluster/cluster-state.ts';
import { Fault, type FaultCode } from '../problems/fault.ts';
import { invariant } from '../values/invariant.ts';
import { backOff } from './back-off.ts';
import { HoldOff } from './hold-off.ts';
import { decodeLastGood, encodeLastGood, type LastGood } from './last-good.ts';
import { rememberLastGood } from './memory.ts';
import type { ClusterChange, LoopPorts, Planned } from './ports.ts';
import { Reconciler } from './reconciler.ts';

const CHANGES = { floor: 50, ceiling: 1000 };
const TABLE = { floor: 100, ceiling: 100 };
const LONGEST_PAUSE_MS = 30_000;
const NO_LAST_GOOD = 'after a restart, refused objects are closed';

/** What no retry mends while this program runs. */
const FATAL: ReadonlySet<FaultCode> = new Set(['usage', 'nginx-missing', 'nginx-too-old', 'port-in-use', 'protocol']);

/**
 * Keeps NGINX what the cluster asks for, until the signal. Faults end here: those that may pass are reported and retried
 * while the last good generation serves; it rejects with the others, and with our own bugs.
 */
export const runLoop = async <P extends Planned>(ports: LoopPorts<P>, signal: AbortSignal): Promise<void> => {
  const loop = new Loop(ports);
  const stop = (): void => loop.stop();
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  await loop.run().finally(() => signal.removeEventListener('abort', stop));
};

/** A plan that was not taken and is no object's fault: not tried again before its time. */
interface Pause {
  readonly digest?: string;
  readonly until: number;
}

class Loop<P extends Planned> {
  readonly #ports: LoopPorts<P>;
  readonly #changes: HoldOff;
  readonly #table: HoldOff;
  #newest: ClusterState | undefined;
  #isStopped = false;
  #isBusy = false;
  #failures = 0;
  #pause: Pause | undefined;
  #kept: string | undefined;
  #cancelRetry = (): void => {};

  constructor(ports: LoopPorts<P>) {
    this.#ports = ports;
    this.#changes = new HoldOff(ports.clock, CHANGES);
    this.#table = new HoldOff(ports.clock, TABLE);
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelRetry();
    this.#changes.end();
    this.#table.end();
  }

  async run(): Promise<void> {
    const { publisher, source } = this.#ports;
    let unsubscribe = (): unknown => undefined;
    try {
      const { ingresses, settings = {} } = await this.#recall();
      source.alsoServe(ingresses);
      unsubscribe = source.subscribe((change) => this.#observe(change));
      const capabilities = await publisher.hello();
      const memory = rememberLastGood(ingresses);
      const beginning = { memory, settings, capabilities, newest: () => this.#snapshot() };
      const reconciler = new Reconciler(this.#ports, beginning);
      publisher.onLost(() => {
        reconciler.distrust();
        this.#changes.poke();
      });
      await Promise.all([this.#reconcileForever(reconciler), this.#feedForever(reconciler)]);
    } catch (error) {
      // What was under way when the signal came has nobody left to tell.
      if (!this.#isStopped || !(error instanceof Fault)) throw error;
    } finally {
      unsubscribe();
      this.stop();
    }
  }

  /** During a publication endpoints go their own way; otherwise the reconcile that is due brings them along. */
  #observe({ state, changed }: ClusterChange): void {
    this.#newest = state;
    if (changed === 'all') this.#changes.poke();
    if (changed === 'endpoints' || this.#isBusy) this.#table.poke();
  }

  #snapshot(): ClusterState {
    invariant(this.#newest !== undefined, 'nothing is planned before the source is complete');
    return this.#newest;
  }

  async #reconcileForever(reconciler: Reconciler<P>): Promise<void> {
    for (await this.#changes.due(); !this.#isStopped; await this.#changes.due()) {
      this.#isBusy = true;
      const survived = await this.#survive(() => this.#reconcile(reconciler), 'keeping the last good configuration');
      if (!survived) this.#wait();
      this.#isBusy = false;
      this.#scheduleRetry(reconciler.nextRetry);
    }
  }

  async #feedForever(reconciler: Reconciler<P>): Promise<void> {
    for (await this.#table.due(); !this.#isStopped; await this.#table.due()) {
      const survived = await this.#survive(() => reconciler.feed(), 'keeping the endpoints as they were');
      if (!survived) this.#ports.clock.after(backOff(1, LONGEST_PAUSE_MS), () => this.#table.end());
    }
  }

  async #reconcile(reconciler: Reconciler<P>): Promise<void> {
    const { clock, reporter } = this.#ports;
    const isPaused = this.#pause !== undefined && clock.now() < this.#pause.until;
    const settled = await reconciler.reconcile(isPaused ? this.#pause?.digest : undefined);
    if (settled === undefined) return;
    reporter.reconciled(settled.summary);
    if (settled.why !== undefined) {
      reporter.kept(settled.why);
      this.#wait(settled.summary.digest);
      return;
    }
    this.#failures = 0;
    this.#pause = undefined;
    await this.#keep(reconciler);
  }

  /** The only place where a Fault ends; says whether there was none. */
  async #survive(work: () => Promise<void>, consequence: string): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (!(error instanceof Fault) || FATAL.has(error.code) || this.#isStopped) throw error;
      this.#ports.reporter.fault(error, consequence);
      return false;
    }
  }

  #wait(digest?: string): void {
    this.#failures += 1;
    const until = this.#ports.clock.now() + backOff(this.#failures, LONGEST_PAUSE_MS);
    this.#pause = digest === undefined ? { until } : { digest, until };
  }

  #scheduleRetry(nextRetry: number | undefined): void {
    const { clock } = this.#ports;
    const at = this.#pause?.until ?? nextRetry;
    this.#cancelRetry();
    if (at !== undefined && !this.#isStopped)
      this.#cancelRetry = clock.after(Math.max(0, at - clock.now()), () => this.#changes.end());
  }

  async #recall(): Promise<LastGood> {
    const { lastGood, reporter } = this.#ports;
    const read = async (): Promise<void> => {
      this.#kept = await lastGood.read();
    };
    await this.#survive(read, NO_LAST_GOOD);
    if (this.#kept === undefined) return { ingresses: [] };
    const versions = decodeLastGood(this.#kept);
    if (!versions.ok) reporter.warn(`last good versions: expected ${versions.error}; ${NO_LAST_GOOD}`);
    return versions.ok ? versions.value : { ingresses: [] };
  }

  async #keep({ memory: { lastGood }, settings }: Reconciler<P>): Promise<void> {
    this.#ports.source.alsoServe([...lastGood.values()]);
    const text = encodeLastGood(lastGood.values(), settings);
    if (text === this.#kept) return;
    const written = await this.#survive(() => this.#ports.lastGood.write(text), NO_LAST_GOOD);
    if (written) this.#kept = text;
  }
}
