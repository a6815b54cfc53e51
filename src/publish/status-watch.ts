import { watch } from 'chokidar';
import { MAX_STATUS_BYTES, parseStatus } from '../protocol/codec.ts';
import type { Layout } from '../protocol/layout.ts';
import type { Status } from '../protocol/messages.ts';
import { fail, type Result } from '../values/result.ts';
import { reasonOf } from '../values/thrown.ts';
import { readBounded } from './bounded-file.ts';

const POLL_MS = 1000;

/** Reads what the agent says: hostile input, of which nothing but a valid status is believed. */
export const readStatus = async (path: string): Promise<Result<Status> | undefined> => {
  try {
    const read = await readBounded(path, MAX_STATUS_BYTES);
    return read?.ok === true ? parseStatus(read.value) : read;
  } catch (error) {
    return fail(`${path} to be readable (${reasonOf(error)})`);
  }
};

/** Follows the agent's status: by events of the folder, and by a look each second where these are missing. */
export class StatusWatch {
  readonly #path: string;
  readonly #warn: (message: string) => void;
  readonly #listeners = new Set<(status: Status) => void>();
  readonly #stop: () => Promise<void>;
  #latest: Status | undefined;
  #seen = '';
  #reading: Promise<void> | undefined;
  #changedMeanwhile = false;

  constructor(report: Layout['report'], warn: (message: string) => void) {
    this.#path = report.status;
    this.#warn = warn;
    const poll = setInterval(() => void this.look(), POLL_MS);
    // Only the folder's own events: whatever else the agent puts there costs a look, and a watched file that is replaced
    // twice in a row would be lost, because its new inode is missed.
    const ignored = (path: string): boolean => path !== report.root;
    const watcher = watch(report.root, { ignored, depth: 0, followSymlinks: false });
    watcher.on('raw', () => void this.look());
    watcher.on('error', (error) =>
      warn(`${report.root} is looked at once a second, because watching failed: ${String(error)}`),
    );
    this.#stop = async () => {
      clearInterval(poll);
      await watcher.close();
    };
  }

  /** The last valid status. */
  get latest(): Status | undefined {
    return this.#latest;
  }

  /** Reads the file now. */
  look(): Promise<void> {
    this.#changedMeanwhile = this.#reading !== undefined;
    this.#reading ??= this.#readUntilSteady().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  /** Calls with each status that differs from the one before; returns how to end that. */
  subscribe(listener: (status: Status) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Ends the watch. */
  close(): Promise<void> {
    this.#listeners.clear();
    return this.#stop();
  }

  async #readUntilSteady(): Promise<void> {
    do {
      this.#changedMeanwhile = false;
      await this.#read();
    } while (this.#changedMeanwhile);
  }

  async #read(): Promise<void> {
    const status = await readStatus(this.#path);
    const seen = JSON.stringify(status) ?? '';
    if (status === undefined || seen === this.#seen) return;
    this.#seen = seen;
    if (!status.ok) {
      this.#warn(`the agent's status is not believed: expected ${status.error}`);
      return;
    }
    this.#latest = status.value;
    for (const listener of this.#listeners) listener(status.value);
  }
}
