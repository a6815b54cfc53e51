import type { Layout } from '../protocol/layout.ts';
import type { Status } from '../protocol/messages.ts';
import { coldNames, type EndpointNames } from './endpoint-names.ts';
import {
  BOOTSTRAP,
  currentGeneration,
  endpointNamesOf,
  keepGenerations,
  listGenerations,
} from './generation-folders.ts';
import { writeMemory, type Memory } from './memory.ts';
import type { NameService } from './name-service.ts';
import { countWorkers, generationCounts, UNKNOWN } from './worker-census.ts';

/** What the generations of this machine need. */
export interface GenerationsOptions {
  readonly run: Layout['run'];
  readonly names: NameService;
}

/** The generations that lie in `run/`: which one is confirmed, who still runs which, what each mentions. */
export class Generations {
  readonly #options: GenerationsOptions;
  #memory: Memory;
  #written = '';
  readonly #names = new Map<string, EndpointNames>();

  constructor(options: GenerationsOptions, memory: Memory) {
    this.#options = options;
    this.#memory = memory;
  }

  /** The generation that was last seen live; nothing before the first. */
  get confirmed(): string | undefined {
    return this.#memory.confirmed;
  }

  /** Where to go back to. */
  get fallback(): string {
    return this.#memory.confirmed ?? BOOTSTRAP;
  }

  /** Learns what lies there already; a confirmed generation that is gone is none. */
  async learnAll(): Promise<void> {
    const found = await listGenerations(this.#options.run);
    for (const digest of found) await this.learn(digest);
    const { confirmed, ...rest } = this.#memory;
    if (confirmed !== undefined && !found.includes(confirmed)) await this.#remember(rest);
  }

  /** Learns the names of a generation, which are answered from now on for as long as it lies there. */
  async learn(digest: string): Promise<void> {
    if (this.#names.has(digest)) return;
    const names = await endpointNamesOf(this.#options.run, digest);
    this.#names.set(digest, names);
    this.#options.names.remember(digest, names);
  }

  /** Names that NGINX has to ask for before a generation can serve them. */
  coldNames(digest: string): ReadonlySet<string> {
    const next = this.#names.get(digest);
    return next === undefined ? new Set() : coldNames(next, this.#names.get(this.fallback));
  }

  /** Remembers across restarts that a generation is live. */
  async confirm(digest: string): Promise<void> {
    await this.#remember({ ...this.#memory, confirmed: digest });
  }

  /** Counts who runs what, and removes what nobody needs any more. */
  async sweep(): Promise<Status['generations']> {
    const { run, names } = this.#options;
    const workers = await countWorkers(run, this.#memory.workers);
    await this.#remember({ ...this.#memory, workers });
    const used = workers.map(({ digest }) => digest);
    if (!used.includes(UNKNOWN)) {
      const keep = new Set([...used, this.fallback, BOOTSTRAP, (await currentGeneration(run)) ?? BOOTSTRAP]);
      await keepGenerations(run, keep);
      names.retain(keep);
      for (const digest of this.#names.keys()) if (!keep.has(digest)) this.#names.delete(digest);
    }
    return generationCounts(workers);
  }

  /** What could not be written is written the next time. */
  async #remember(memory: Memory): Promise<void> {
    this.#memory = memory;
    const text = JSON.stringify(memory);
    if (text === this.#written) return;
    await writeMemory(this.#options.run, memory);
    this.#written = text;
  }
}
