import { emptyState, type ClusterState } from '../../src/cluster/cluster-state.ts';
import type { Ingress } from '../../src/cluster/resources.ts';
import { runLoop } from '../../src/controller/loop.ts';
import type { Capabilities, ClusterChange, LoopPorts, Planned, Summary } from '../../src/controller/ports.ts';
import { withoutRefused } from '../../src/plan/refused-settings.ts';
import type { Fault } from '../../src/problems/fault.ts';
import type { Problem } from '../../src/problems/problem.ts';
import type { Generation, RuntimeTable } from '../../src/protocol/generation.ts';
import type { NginxError } from '../../src/protocol/messages.ts';
import type { Outcome } from '../../src/protocol/outcome.ts';
import { objectRef } from '../../src/values/object-ref.ts';
import { virtualClock } from './virtual-clock.ts';

/** An Ingress that is nothing but a name and a version. */
export const bareIngress = (name: string, version: string): Ingress => ({
  ref: objectRef('Ingress', 'default', name),
  namespace: 'default',
  name,
  createdAt: 1,
  annotations: {},
  labels: {},
  rules: [],
  tls: [],
  fingerprint: version,
});

const stateWith = (versions: Readonly<Record<string, string>>): ClusterState => {
  const ingresses = Object.entries(versions).map(([name, version]) => bareIngress(name, version));
  return { ...emptyState, ingresses: new Map(ingresses.map((one) => [one.ref, one])) };
};

const NGINX: Capabilities = { version: '1.30.6', modules: [], ipv6: false };

/** The world of the loop as fakes. The plan of an Ingress is one line: its name, and its version or what serves instead. */
export class LoopWorld {
  readonly clock = virtualClock();
  readonly published: string[] = [];
  readonly tables: string[] = [];
  readonly problems: (readonly Problem[])[] = [];
  readonly faults: Fault[] = [];
  readonly warnings: string[] = [];
  readonly summaries: Summary[] = [];
  readonly complaints: (readonly string[])[] = [];
  /** What NGINX says; a Fault is thrown. */
  answer: (lines: readonly string[]) => Outcome | Fault | Promise<Outcome> = () => ({ kind: 'live' });
  /** Ports that the cluster asks for; the plan of each is one more line. */
  streamPorts: readonly number[] = [];
  /** Texts of the ConfigMap; the plan of each is one more line. */
  settings: Readonly<Record<string, string>> = {};
  /** Text of a generation to go through first. */
  transition: (live: string, next: string) => string | undefined = () => undefined;
  /** A line that changed templates would add to every generation. */
  offer: string | undefined;
  readonly refusedOffers: string[] = [];
  #style: readonly string[] = [];
  agent: Promise<Capabilities> = Promise.resolve(NGINX);
  plans = 0;
  /** How many changes of endpoints are in what NGINX was told last. */
  endpoints = 0;
  #endpoints = 0;
  lastGood: string | undefined;
  lose = (): void => {};
  /** Last good versions that the source was told to read for. */
  alsoServed: readonly string[] = [];
  readonly #stop = new AbortController();
  #listener: ((change: ClusterChange) => void) | undefined;
  #state: ClusterState | undefined;

  /** Starts the loop; resolves when it ends. */
  run(): Promise<void> {
    return runLoop(this.#ports(), this.#stop.signal);
  }

  stop(): void {
    this.#stop.abort();
  }

  /** The cluster has these Ingresses from now on. */
  apply(versions: Readonly<Record<string, string>>): void {
    this.#state = stateWith(versions);
    this.#listener?.({ state: this.#state, changed: 'all' });
  }

  /** Endpoints change, and nothing else. */
  applyEndpoints(): void {
    this.#endpoints += 1;
    this.#listener?.({ state: this.#state ?? stateWith({}), changed: 'endpoints' });
  }

  #ports(): LoopPorts<Planned> {
    const { clock } = this;
    return {
      clock,
      source: {
        subscribe: (listener) => {
          this.#listener = listener;
          if (this.#state !== undefined) listener({ state: this.#state, changed: 'all' });
          return () => (this.#listener = undefined);
        },
        alsoServe: (versions) => void (this.alsoServed = versions.map(({ fingerprint }) => fingerprint)),
      },
      planner: this.#planner(),
      publisher: {
        hello: () => this.agent,
        publish: ({ files }, _, table) => this.#publish(files[0]?.text ?? '', table()),
        publishTable: async (table) => this.#take(table),
        living: () => new Set(),
        onLost: (listener) => (this.lose = listener),
      },
      lastGood: { read: async () => this.lastGood, write: async (text) => void (this.lastGood = text) },
      reporter: {
        problems: (now) => void this.problems.push(now),
        reconciled: (summary) => void this.summaries.push(summary),
        kept: (why) => void this.complaints.push(why),
        warn: (message) => void this.warnings.push(message),
        fault: (fault) => void this.faults.push(fault),
      },
    };
  }

  #planner(): LoopPorts<Planned>['planner'] {
    return {
      plan: (state, { setAside, refusedSettings, heldPorts }) => {
        this.plans += 1;
        const lines = [...state.ingresses.values()].map(({ ref, name, fingerprint }) => {
          const form = setAside.get(ref);
          return `${name} ${form?.served === 'last-good' ? form.lastGood.fingerprint : (form?.served ?? fingerprint)}`;
        });
        const rejected = [...setAside].map(([subject, { reason, served }]): Problem => {
          return { code: 'ConfigRejected', subject, field: [], expected: reason, consequence: served };
        });
        const held = [...heldPorts].map(([port, expected]): Problem => {
          const subject = objectRef('ConfigMap', 'default', 'tcp');
          return { code: 'StreamPortHeld', subject, field: [String(port)], expected, consequence: 'closed' };
        });
        const opened = this.streamPorts.filter((port) => !heldPorts.has(port)).map((port) => `port ${port}`);
        const config = objectRef('ConfigMap', 'default', 'portico');
        const { entries, planned, problems: refused } = withoutRefused(this.settings, refusedSettings, config);
        const set = Object.entries(entries).map(([key, value]) => `${key} ${value}`);
        const text = [...set, ...lines, ...opened, ...this.#style].join('\n');
        const problems = [...rejected, ...held, ...refused];
        return { generation: generation(text), workerFiles: [], problems, settings: planned };
      },
      runtimeTable: (_, plans) => ({
        revision: plans.map((one) => one.generation.digest).join(' + '),
        names: { endpoints: { external: String(this.#endpoints) } },
        certificates: [],
      }),
      blame: ({ files }, { line }) => {
        const name = files[0]?.text.split('\n')[(line ?? 0) - 1]?.split(' ')[0];
        return name === undefined ? undefined : objectRef('Ingress', 'default', name);
      },
      restyle: (live) => {
        const { offer } = this;
        if (offer === undefined || live === undefined) return undefined;
        const adopt = (): void => void ([this.#style, this.offer] = [[offer], undefined]);
        const refuse = (why: string): void => {
          this.offer = undefined;
          this.refusedOffers.push(why);
        };
        return { plan: { ...live, generation: generation(`${live.generation.digest}\n${offer}`) }, adopt, refuse };
      },
      blamedSnippet: () => undefined,
      checkText: () => undefined,
      changedParts: (live, next) => (live === next ? [] : ['a.example']),
      blamePort: ({ generation: { files } }, { text }) => {
        const port = Number(/:(\d+) failed/.exec(text)?.[1]);
        return files[0]?.text.split('\n').includes(`port ${port}`) === true ? port : undefined;
      },
      transition: (live, next) => {
        const text = this.transition(live.generation.digest, next.generation.digest);
        return text === undefined ? undefined : generation(text);
      },
    };
  }

  #take({ revision, names }: RuntimeTable): void {
    this.tables.push(revision);
    this.endpoints = Number(Object.values(names).flatMap((name) => ('external' in name ? name.external : [])));
  }

  async #publish(text: string, table: RuntimeTable): Promise<Outcome> {
    this.published.push(text);
    this.#take(table);
    const answer = await this.answer(text.split('\n'));
    if (answer instanceof Error) throw answer;
    return answer;
  }
}

const generation = (text: string): Generation => ({ digest: text, files: [{ path: 'nginx.conf', text }] });

/** NGINX refuses the first of these lines that is there; it names the line unless told otherwise. */
export const refusing =
  (bad: readonly string[], options: { readonly named: boolean } = { named: true }) =>
  (lines: readonly string[]): Outcome => {
    const index = lines.findIndex((line) => bad.includes(line));
    if (index === -1) return { kind: 'live' };
    const place: Partial<NginxError> = options.named ? { file: 'nginx.conf', line: index + 1 } : {};
    return { kind: 'refused', errors: [{ text: 'unknown directive "x"', ...place }] };
  };
