import { stat } from 'node:fs/promises';
import { watch } from 'chokidar';
import { Fault } from '../problems/fault.ts';
import { parseDesired } from '../protocol/codec.ts';
import type { Layout } from '../protocol/layout.ts';
import type { Desired } from '../protocol/messages.ts';
import { isMissing, readIfPresent } from './atomic-file.ts';
import { Latest } from './latest.ts';
import type { Logger } from './logger.ts';
import type { NameService } from './name-service.ts';
import { ShardFolder } from './shard-folder.ts';
import type { StatusReport } from './status-report.ts';
import { isBrokenWorld } from './world.ts';

/** What to publish next, or why that cannot be known. */
export type Wanted = { readonly desired: Desired } | { readonly error: string };

/** What the follower works on. */
export interface FollowerOptions {
  readonly layout: Layout;
  readonly names: NameService;
  readonly report: StatusReport;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Backs up the watch, which needs inotify and can lose what happens while it starts. */
const LOOK_EVERY_MS = 1_000;

/** Follows `desired/`: endpoint tables are in force at once, generations wait for the publisher. */
export class DesiredFollower {
  /** The newest thing to publish. */
  readonly wanted = new Latest<Wanted>();
  readonly #options: FollowerOptions;
  readonly #shards: ShardFolder;
  readonly #changes = new Latest<object>();
  /** Which version of the file was read well. */
  #seen = '';
  #announced = '';

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#shards = new ShardFolder(options.layout.desired.endpoints);
  }

  /** Follows until the signal. */
  async follow(): Promise<void> {
    const { layout, log, signal } = this.#options;
    const { root } = layout.desired;
    // The folder's own events: a watched file that is replaced twice in a row is lost, because its new inode is missed.
    const watcher = watch(root, { ignored: (path) => path !== root });
    watcher.on('raw', () => this.#changes.put({}));
    watcher.on('error', (error) =>
      log.warn('watching failed, looking every second', { folder: root, error: String(error) }),
    );
    while (!signal.aborted) {
      await this.#changes.take(signal, LOOK_EVERY_MS);
      await this.look();
    }
    await watcher.close();
  }

  /** Reads what is desired now, unless that was read before. */
  async look(): Promise<void> {
    const version = await this.#version();
    if (version === this.#seen || this.#options.signal.aborted) return;
    try {
      await this.#read();
      this.#seen = version;
    } catch (error) {
      if (!isBrokenWorld(error)) throw error;
      // Files of an older version may be gone when a newer one is there already.
      if ((await this.#version()) === version) this.#announce({ error: error.message });
    }
  }

  async #version(): Promise<string> {
    try {
      const { ino, size, mtimeNs } = await stat(this.#options.layout.desired.current, { bigint: true });
      return `${ino} ${size} ${mtimeNs}`;
    } catch (error) {
      if (isMissing(error)) return '';
      throw error;
    }
  }

  async #read(): Promise<void> {
    const source = await readIfPresent(this.#options.layout.desired.current);
    if (source === undefined) return;
    const parsed = parseDesired(source);
    if (!parsed.ok) throw new Fault('protocol', `expected ${parsed.error}`);
    const desired = parsed.value;
    this.#options.names.replace(await this.#shards.load(desired.shards));
    await this.#options.report.update({ runtimeRevision: desired.runtimeRevision });
    this.#announce({ desired });
  }

  #announce(wanted: Wanted): void {
    const key = 'error' in wanted ? wanted.error : `${wanted.desired.digest} ${wanted.desired.attempt}`;
    if (key === this.#announced) return;
    this.#announced = key;
    this.wanted.put(wanted);
  }
}
