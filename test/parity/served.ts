import { lstatSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { PlanFlags } from '../../src/cli/flags.ts';
import { runtimeTable } from '../../src/plan/runtime-table.ts';
import { parseDesired, parseShard } from '../../src/protocol/codec.ts';
import type { RuntimeTable } from '../../src/protocol/generation.ts';
import type { ApiWriter } from '../support/api-writer.ts';
import { freshPlan, freshState } from '../support/fresh-plan.ts';
import type { PorticoRun } from '../support/portico-run.ts';

/** NGINX asks for names and looks at certificates again after a second at most, and nothing tells that it has. */
const NOTICED_MS = 1_500;

/** What NGINX learns without a reload, as text by name. */
const factsOf = ({ names, certificates }: RuntimeTable): ReadonlyMap<string, string> =>
  new Map([
    ...Object.entries(names).map(([name, answer]) => [name, JSON.stringify(answer)] as const),
    ...certificates.map(({ name, pem }) => [name, pem?.reveal() ?? ''] as const),
  ]);

/** Knows when a run of Portico serves what the cluster asks for. */
export class Served {
  readonly #api: ApiWriter;
  readonly #portico: PorticoRun;
  readonly #flags: Partial<PlanFlags>;
  #before: ReadonlyMap<string, string> = new Map();

  constructor(api: ApiWriter, portico: PorticoRun, flags: Partial<PlanFlags>) {
    this.#api = api;
    this.#portico = portico;
    this.#flags = flags;
  }

  /** Waits until NGINX runs what a plan of the cluster says that knows nothing of the time before. */
  async untilCurrent(): Promise<void> {
    const state = await freshState(this.#api);
    const { generation, model } = freshPlan(state, this.#portico, this.#flags);
    const facts = factsOf(runtimeTable(state, model));
    const isLive = (): boolean => {
      const status = this.#portico.status();
      return status?.phase === 'live' && status.live === generation.digest && this.#hasApplied(facts);
    };
    await this.#portico.until(isLive, `the generation ${generation.digest.slice(0, 12)}`);
    const isChanged = [...this.#before].some(([name, text]) => facts.has(name) && facts.get(name) !== text);
    this.#before = facts;
    if (isChanged || this.#wasToldLater()) await pause(NOTICED_MS);
  }

  /** Whether the table changed after NGINX was switched: it may have asked in between, as where slices come last. */
  #wasToldLater(): boolean {
    const { desired, run } = this.#portico.layout;
    return statSync(desired.current).mtimeMs > lstatSync(run.current).mtimeMs;
  }

  /** Whether the agent answers from a table that has all of it; it may know of older names besides. */
  #hasApplied(facts: ReadonlyMap<string, string>): boolean {
    const { desired } = this.#portico.layout;
    const current = parseDesired(readFileSync(desired.current, 'utf8'));
    if (!current.ok || current.value.runtimeRevision !== this.#portico.status()?.runtimeRevision) return false;
    const shards = current.value.shards.map((name) => parseShard(readFileSync(join(desired.endpoints, name), 'utf8')));
    const applied = new Map(shards.flatMap((shard) => (shard.ok ? Object.entries(shard.value.names) : [])));
    return [...facts].every(([name, text]) => {
      const answer = applied.get(name);
      return text === '' || (answer === undefined ? this.#isWritten(name, text) : JSON.stringify(answer) === text);
    });
  }

  #isWritten(certificate: string, pem: string): boolean {
    return readFileSync(join(this.#portico.layout.desired.certs, `${certificate}.pem`), 'utf8') === pem;
  }
}
