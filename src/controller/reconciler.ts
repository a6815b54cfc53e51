import type { ClusterState } from '../cluster/cluster-state.ts';
import type { RuntimeTable } from '../protocol/generation.ts';
import type { Outcome } from '../protocol/outcome.ts';
import { invariant } from '../values/invariant.ts';
import { bringLive, type Tested } from './bring-live.ts';
import { acceptPorts, allOpen, closedPorts, nextPortRetry, refusePorts, tryPorts } from './held-ports.ts';
import { nextRetry, type Memory } from './memory.ts';
import type { Capabilities, LoopPorts, Planned, Summary } from './ports.ts';
import { blamedSnippets, blameFor, blamePorts, describeError, isShortage } from './refusal.ts';
import { SnippetsAside } from './snippets-aside.ts';
import { accept, inPlace, isProvisional, openRound, refuse, type Round, type Step } from './set-aside.ts';

/** What is known when work begins. */
export interface Beginning {
  readonly memory: Memory;
  /** What NGINX can do now. */
  readonly capabilities: () => Capabilities;
  /** The newest snapshot of the cluster. */
  readonly newest: () => ClusterState;
}

/** How a reconcile ended; `why` says what speaks against the newest plan where the last good one is kept. */
export interface Settled {
  readonly summary: Summary;
  readonly why?: readonly string[];
}

/** A test of a round, and how long its parts took. */
interface Trial<P> {
  readonly next: P;
  readonly tested: Tested;
  /** Whether it took a publication, because something else ran. */
  readonly published: boolean;
  readonly planMs: number;
  readonly publishMs: number;
}

/** Brings snapshots live, one after the other, and knows what is live. */
export class Reconciler<P extends Planned> {
  readonly #ports: LoopPorts<P>;
  readonly #beginning: Beginning;
  readonly #snippets = new SnippetsAside();
  #memory: Memory;
  #ofPorts = allOpen;
  /** The plan that went live last. */
  #live: P | undefined;
  /** The digest that NGINX runs for certain: unknown while a publication is under way and after one failed. */
  #running: string | undefined;
  /** The plans that the runtime table serves: what runs, and what is about to. */
  #fed: readonly P[] = [];
  /** Plans whose names each generation needs that NGINX was told to run. */
  readonly #served = new Map<string, readonly P[]>();

  constructor(ports: LoopPorts<P>, beginning: Beginning) {
    this.#ports = ports;
    this.#beginning = beginning;
    this.#memory = beginning.memory;
  }

  get memory(): Memory {
    return this.#memory;
  }

  /** When a set-aside object or a port is to be tried again. */
  get nextRetry(): number | undefined {
    const times = [nextRetry(this.#memory), nextPortRetry(this.#ofPorts)].filter((time) => time !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** NGINX does not run what it confirmed: the next reconcile publishes again. */
  distrust(): void {
    this.#running = undefined;
  }

  /** NGINX can do something else than before, and may take what it refused. */
  reconsider(): void {
    this.#snippets.reconsider();
  }

  /** Publishes endpoints and certificates as they are now, for the plan that runs or is about to. */
  async feed(): Promise<void> {
    if (this.#fed.length > 0) await this.#ports.publisher.publishTable(this.#table());
  }

  /** Makes the newest snapshot live, less what NGINX refuses. Does nothing where its plan has the digest `unless`. */
  async reconcile(unless: string | undefined): Promise<Settled | undefined> {
    const hindrance = await this.#restyle();
    if (hindrance !== undefined) return hindrance;
    const state = this.#beginning.newest();
    const trials: Trial<P>[] = [];
    const begun = this.#ports.clock.now();
    this.#ofPorts = tryPorts(this.#ofPorts, begun);
    let round = openRound(this.#memory, state.ingresses, begun);
    for (;;) {
      const planned = this.#plan(state, round);
      if (trials.length === 0 && planned.next.generation.digest === unless) return undefined;
      const trial = { ...planned, ...(await this.#test(planned.next)) };
      trials.push(trial);
      if (this.#refusesSnippets(round, trial)) continue;
      const step = this.#learn(round, trial);
      this.#memory = step?.memory ?? this.#memory;
      if (step?.next === undefined) return this.#settle(state, trials, step);
      round = step.next;
    }
  }

  /** Tries changed templates on what is live; says what came of it only where that could not be tried. */
  async #restyle(): Promise<Settled | undefined> {
    const restyled = this.#ports.planner.restyle(this.#live);
    if (restyled === undefined) return undefined;
    const { plan, adopt, refuse } = restyled;
    const trial = { next: plan, planMs: 0, ...(await this.#test(plan)) };
    const { outcome } = trial.tested;
    if (outcome.kind === 'live') {
      this.#remember(trial);
      adopt();
      return undefined;
    }
    await this.#goBack(trial);
    if (outcome.kind === 'failed') {
      const { size: objects } = this.#beginning.newest().ingresses;
      return { summary: { ...summaryOf([trial]), objects, outcome: 'kept' }, why: complaints(outcome) };
    }
    refuse(complaints(outcome).join('; '));
    return undefined;
  }

  #plan(state: ClusterState, round: Round): Pick<Trial<P>, 'next' | 'planMs'> {
    const { clock, planner, reporter } = this.#ports;
    const begun = clock.now();
    const capabilities = this.#beginning.capabilities();
    const heldPorts = closedPorts(this.#ofPorts);
    const refusedSnippets = this.#snippets.refused;
    const next = planner.plan(state, { setAside: inPlace(round), refusedSnippets, heldPorts, capabilities });
    if (!isProvisional(round) && this.#ofPorts.released.size === 0) reporter.problems(next.problems);
    return { next, planMs: clock.now() - begun };
  }

  async #test(next: P): Promise<Omit<Trial<P>, 'next' | 'planMs'>> {
    const { clock, publisher } = this.#ports;
    const begun = clock.now();
    const published = this.#running !== next.generation.digest;
    this.#fed = published && this.#live !== undefined ? [this.#live, next] : [next];
    if (!published) await publisher.publishTable(this.#table());
    const tested = published ? await this.#bring(next) : { generation: next.generation, outcome: LIVE };
    return { tested, published, publishMs: clock.now() - begun };
  }

  #bring(next: P): Promise<Tested> {
    this.#running = undefined;
    return bringLive(this.#ports, { live: this.#live, next, table: () => this.#table() });
  }

  /** Snippets of the ConfigMap come first: they concern everybody, and what is new of them is known. */
  #refusesSnippets({ hunt }: Round, { next, tested: { generation, outcome } }: Trial<P>): boolean {
    if (outcome.kind !== 'refused') return false;
    const { planner } = this.#ports;
    const { errors } = outcome;
    const blamed = blamedSnippets(errors, (error) => planner.blamedSnippet(generation, error));
    if (blamed.size > 0) return this.#snippets.refuse(next.snippets, blamed);
    const isUnnamed = !isShortage(errors) && errors.every((error) => planner.blame(generation, error) === undefined);
    return hunt === undefined && isUnnamed && this.#snippets.suspect(next.snippets);
  }

  /** Nothing where no object is to blame. */
  #learn(round: Round, trial: Trial<P>): Step | undefined {
    const { clock, planner } = this.#ports;
    const { generation, outcome } = trial.tested;
    if (outcome.kind === 'failed') return undefined;
    if (outcome.kind === 'live') {
      this.#remember(trial);
      this.#ofPorts = acceptPorts(this.#ofPorts);
      return accept(round, clock.now());
    }
    const ports = blamePorts(outcome.errors, (error) => planner.blamePort(trial.next, error));
    if (ports.size > 0) {
      this.#ofPorts = refusePorts(this.#ofPorts, ports, clock.now());
      return { memory: round.memory, next: round };
    }
    const blame = blameFor(outcome.errors, (error) => planner.blame(generation, error));
    return blame.size === 0 && isShortage(outcome.errors) ? undefined : refuse(round, blame, clock.now());
  }

  /** NGINX runs it. */
  #remember({ next, tested: { generation, transition } }: Trial<P>): void {
    if (transition !== undefined) this.#served.set(transition.digest, this.#fed);
    this.#served.set(generation.digest, [next]);
    this.#live = next;
    this.#snippets.accept(next.snippets);
    this.#fed = [next];
    this.#running = generation.digest;
  }

  async #settle(state: ClusterState, trials: readonly Trial<P>[], step: Step | undefined): Promise<Settled> {
    const last = trials.at(-1);
    invariant(last !== undefined, 'a reconcile makes a plan at least');
    const summary = { ...summaryOf(trials), objects: state.ingresses.size };
    if (step === undefined) {
      await this.#goBack(last);
      return { summary: { ...summary, outcome: 'kept' }, why: complaints(last.tested.outcome) };
    }
    this.#ports.reporter.problems(last.next.problems);
    return { summary: { ...summary, outcome: summary.tests === 0 ? 'unchanged' : 'live' } };
  }

  /** What is asked for and fed is again what runs, so that an agent that starts anew finds nothing else. */
  async #goBack({ next, tested }: Trial<P>): Promise<void> {
    this.#fed = [this.#live ?? next];
    if (this.#live === undefined || tested.outcome.kind === 'failed') return this.feed();
    const { generation, workerFiles } = this.#live;
    const back = await this.#ports.publisher.publish(generation, workerFiles, () => this.#table());
    if (back.kind === 'live') this.#running = generation.digest;
  }

  /** Old workers still serve what they began, so the names of their plans are answered for as long as they live. */
  #table(): RuntimeTable {
    const { planner, publisher } = this.#ports;
    const living = publisher.living();
    for (const digest of this.#served.keys()) {
      if (living?.has(digest) === false || this.#served.size > MOST_GENERATIONS) this.#served.delete(digest);
    }
    const plans = new Set([...this.#fed, ...[...this.#served.values()].flat()]);
    return planner.runtimeTable(this.#beginning.newest(), [...plans]);
  }
}

/** Where the agent does not know all workers, names of this many generations are answered. */
const MOST_GENERATIONS = 32;

const LIVE: Outcome = { kind: 'live' };

const summaryOf = <P extends Planned>(trials: readonly Trial<P>[]): Omit<Summary, 'outcome' | 'objects'> => {
  const last = trials.at(-1);
  invariant(last !== undefined, 'a reconcile makes a plan at least');
  return {
    digest: last.next.generation.digest,
    problems: last.next.problems.length,
    tests: trials.filter((trial) => trial.published).length,
    planMs: sum(trials.map((trial) => trial.planMs)),
    publishMs: sum(trials.map((trial) => trial.publishMs)),
  };
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

const complaints = (outcome: Outcome): readonly string[] => {
  if (outcome.kind === 'live') return [];
  return outcome.kind === 'failed' ? [outcome.message] : outcome.errors.map(describeError);
};
