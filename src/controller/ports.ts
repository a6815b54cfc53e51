import type { ClusterState } from '../cluster/cluster-state.ts';
import type { Ingress } from '../cluster/resources.ts';
import type { PlannedSettings, RefusedSettings } from '../plan/refused-settings.ts';
import type { SetAside } from '../plan/set-aside.ts';
import type { Fault } from '../problems/fault.ts';
import type { Problem } from '../problems/problem.ts';
import type { Generation, RuntimeTable, WorkerFile } from '../protocol/generation.ts';
import type { NginxError, Status } from '../protocol/messages.ts';
import type { Outcome } from '../protocol/outcome.ts';
import type { ObjectRef } from '../values/object-ref.ts';

/** Time as the loop sees it: milliseconds of a clock that never goes back, and calls to come. */
export interface Clock {
  now(): number;
  /** Calls once after the delay; returns how to call it off. */
  after(delay: number, call: () => void): () => void;
}

/** A new snapshot; `endpoints`: nothing differs that a plan depends on. */
export interface ClusterChange {
  readonly state: ClusterState;
  readonly changed: 'endpoints' | 'all';
}

/** Where snapshots come from. The first one is complete: everything that exists was read once. */
export interface StateSource {
  /** Returns how to end the subscription. */
  subscribe(listener: (change: ClusterChange) => void): () => void;
  /** Besides the newest versions of Ingresses these may be served: what they name belongs to the snapshots. */
  alsoServe(versions: readonly Ingress[]): void;
}

/** What the NGINX of this Pod can do, as the agent says. */
export type Capabilities = Status['nginx'];

/** All that the loop knows of a plan. */
export interface Planned {
  readonly generation: Generation;
  readonly workerFiles: readonly WorkerFile[];
  readonly problems: readonly Problem[];
  readonly settings: PlannedSettings;
}

/** The pure planning functions, with the options that never change. */
export interface Planner<P extends Planned> {
  plan(state: ClusterState, choice: PlanChoice): P;
  /** Endpoints and certificates for all of these plans together. */
  runtimeTable(state: ClusterState, plans: readonly P[]): RuntimeTable;
  /** The object that produced the line an error names. */
  blame(generation: Generation, error: NginxError): ObjectRef | undefined;
  /**
   * The live plan in changed templates, where they changed, so that NGINX judges them alone. Before anything is live they
   * are in force at once.
   */
  restyle(live: P | undefined): Restyled<P> | undefined;
  /** The snippet of the ConfigMap that holds the line an error names. */
  blamedSnippet(generation: Generation, error: NginxError): string | undefined;
  /** The port of a TCP or UDP service in the plan that NGINX says it cannot open. */
  blamePort(planned: P, error: NginxError): number | undefined;
  /** A generation that serves as `live`, but knows the upstreams of `next`; absent where none is needed. */
  transition(live: P, next: P): Generation | undefined;
  /** What is enough to test of `next` where `live` runs; absent where that is all of it. */
  checkText(live: P, next: P): string | undefined;
  /** What `next` serves otherwise than `live`, for people. */
  changedParts(live: P, next: P): readonly string[];
}

/** A plan in other templates, and whom to tell what NGINX said. */
export interface Restyled<P extends Planned> {
  readonly plan: P;
  readonly adopt: () => void;
  readonly refuse: (why: string) => void;
}

/** What differs from one plan of the same snapshot to the next. */
export interface PlanChoice {
  readonly setAside: ReadonlyMap<ObjectRef, SetAside>;
  /** Texts of the ConfigMap that NGINX refused; absent where it took all. */
  readonly refusedSettings?: RefusedSettings | undefined;
  /** Ports that are not to be opened, and why. */
  readonly heldPorts: ReadonlyMap<number, string>;
  readonly capabilities: Capabilities;
}

/** The way to NGINX. */
export interface Publisher {
  /** Resolves once the agent has spoken. */
  hello(): Promise<Capabilities>;
  /** One at a time; resolves when the outcome is known. The table is made when it is written, after all that were fed. */
  publish(generation: Generation, workerFiles: readonly WorkerFile[], table: () => RuntimeTable): Promise<Outcome>;
  /** Replaces the runtime table of whatever runs; at any time. */
  publishTable(table: RuntimeTable): Promise<void>;
  /** Digests that living workers run; absent where that is not known for all of them. */
  living(): ReadonlySet<string> | undefined;
  /** Calls when NGINX no longer runs the generation that was confirmed last. */
  onLost(listener: () => void): void;
}

/** The controller's private file of last good versions. */
export interface LastGoodFile {
  /** Its text; absent where there is none yet. */
  read(): Promise<string | undefined>;
  write(text: string): Promise<void>;
}

/** What one reconcile came to. */
export interface Summary {
  /** `live`: published and confirmed · `unchanged`: it was live already · `kept`: the last good generation stays. */
  readonly outcome: 'live' | 'unchanged' | 'kept';
  readonly digest: string;
  /** Ingresses in the snapshot. */
  readonly objects: number;
  readonly problems: number;
  /** What is served otherwise than before, for people; nothing where nothing was served before. */
  readonly changed: readonly string[];
  /** Generations that were put before NGINX. */
  readonly tests: number;
  readonly planMs: number;
  readonly publishMs: number;
}

/** The one road back to people. */
export interface Reporter {
  /** All problems there are now. */
  problems(now: readonly Problem[]): void;
  reconciled(summary: Summary): void;
  /** NGINX refused a generation, or it could not be tried, and no Ingress is to blame. */
  kept(why: readonly string[]): void;
  warn(message: string): void;
  /** Something broke; the consequence says what is done instead. */
  fault(fault: Fault, consequence: string): void;
}

/** Everything that the loop needs of the world. */
export interface LoopPorts<P extends Planned> {
  readonly clock: Clock;
  readonly source: StateSource;
  readonly planner: Planner<P>;
  readonly publisher: Publisher;
  readonly lastGood: LastGoodFile;
  readonly reporter: Reporter;
}
