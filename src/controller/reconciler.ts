import type { ClusterState } from '../cluster/cluster-state.ts';
import type { RuntimeTable } from '../protocol/generation.ts';
import type { Outcome } from '../protocol/outcome.ts';
import type { SettingTexts } from '../plan/refused-settings.ts';
import { bringLive, type Tested } from './bring-live.ts';
import { acceptPorts, allOpen, closedPorts, nextPortRetry, refusePorts, tryPorts } from './held-ports.ts';
import { nextRetry, type Memory } from './memory.ts';
import type { Capabilities, LoopPorts, Planned, Summary } from './ports.ts';
import { blameFor, describeError, isShortage, saidAgainst } from './refusal.ts';
import { SettingsAside } from './settings-aside.ts';
import { accept, inPlace, isNew, isProvisional, openRound, refuse, type Round, type Step } from './set-aside.ts';
import { complaints, lastOf, summaryOf, type Trial } from './trial.ts';

/** What is known when work begins. */
export interface Beginning {
  readonly memory: Memory;
  /** Texts of the ConfigMap that were live last. */
  readonly settings: SettingTexts;
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

/** Brings snapshots live, one after the other, and knows what is live. */
export class Reconciler<P extends Planned> {
  readonly #ports: LoopPorts<P>;
  readonly #beginning: Beginning;
  readonly #settings: SettingsAside;
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
    this.#settings = new SettingsAside(beginning.settings);
  }

  get memory(): Memory {
    return this.#memory;
  }

  /** Texts of the ConfigMap that NGINX took last. */
  get settings(): SettingTexts {
    return this.#settings.live;
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
    this.#settings.reconsider();
  }

  /** Publishes endpoints and certificates as they are now, for the plan that runs or is about to. */
  async feed(): Promise<void> {
    if (this.#fed.length > 0) await this.#ports.publisher.publishTable(this.#table());
  }

  /** Makes the newest snapshot live, less what NGINX refuses. Only feeds where its plan has the digest `unless`. */
  async reconcile(unless: string | undefined): Promise<Settled | undefined> {
    const hindrance = await this.#restyle();
    if (hindrance !== undefined) return hindrance;
    const state = this.#beginning.newest();
    const trials: Trial<P>[] = [];
    const begun = this.#ports.clock.now();
    this.#ofPorts = tryPorts(this.#ofPorts, begun);
    this.#settings.begin();
    let round = openRound(this.#memory, state.ingresses, begun);
    for (;;) {
      const planned = this.#plan(state, round);
      // What is not published for now still has endpoints and certificates, which may be what changed.
      if (trials.length === 0 && planned.next.generation.digest === unless) {
        await this.feed();
        return undefined;
      }
      const trial = { ...planned, ...(await this.#test(planned.next)) };
      trials.push(trial);
      if (this.#learnsOfSettings(round, trial)) continue;
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
    const refusedSettings = this.#settings.refused;
    const next = planner.plan(state, { setAside: inPlace(round), refusedSettings, heldPorts, capabilities });
    const isTrial = isProvisional(round) || this.#settings.isSearching || this.#ofPorts.released.size > 0;
    if (!isTrial) reporter.problems(next.problems);
    return { next, planMs: clock.now() - begun };
  }

  async #test(next: P): Promise<Omit<Trial<P>, 'next' | 'planMs'>> {
    const { clock, planner, publisher } = this.#ports;
    const live = this.#live;
    const begun = clock.now();
    const published = this.#running !== next.generation.digest;
    this.#fed = published && this.#live !== undefined ? [this.#live, next] : [next];
    if (!published) await publisher.publishTable(this.#table());
    const tested = published ? await this.#bring(next) : { generation: next.generation, outcome: LIVE };
    const publishMs = clock.now() - begun;
    const isNews = published && live !== undefined && tested.outcome.kind === 'live';
    return { tested, published, changed: isNews ? planner.changedParts(live, next) : [], publishMs };
  }

  #bring(next: P): Promise<Tested> {
    this.#running = undefined;
    return bringLive(this.#ports, { live: this.#live, next, table: () => this.#table() });
  }

  /** Texts of the ConfigMap come before Ingresses that are live: what is new of them is known. Says whether to go on. */
  #learnsOfSettings(round: Round, trial: Trial<P>): boolean {
    const { generation, outcome } = trial.tested;
    const { settings } = trial.next;
    if (outcome.kind === 'failed') return false;
    if (outcome.kind === 'live') {
      if (!this.#settings.accept(settings)) return false;
      this.#remember(trial);
      return true;
    }
    const { planner } = this.#ports;
    const { errors } = outcome;
    const lines = saidAgainst(errors, (error) => planner.blamedSnippet(generation, error));
    if (lines.size > 0) return this.#settings.refuse(settings, lines);
    const [first] = errors;
    if (first === undefined || isShortage(errors) || round.hunt !== undefined) return false;
    const named = blameFor(errors, (error) => planner.blame(generation, error));
    const namesNew = [...named.keys()].some((ref) => isNew(round, ref));
    return !namesNew && this.#settings.suspect(settings, describeError(first));
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
    const ports = saidAgainst(outcome.errors, (error) => planner.blamePort(trial.next, error));
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
    this.#fed = [next];
    this.#running = generation.digest;
  }

  async #settle(state: ClusterState, trials: readonly Trial<P>[], step: Step | undefined): Promise<Settled> {
    const last = lastOf(trials);
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
