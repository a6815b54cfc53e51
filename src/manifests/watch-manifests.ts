import { watch, type FSWatcher } from 'chokidar';
import { Fault } from '../problems/fault.ts';
import type { Problem } from '../problems/problem.ts';
import { fileRef } from './manifest-file.ts';
import { createManifestReader } from './manifest-reader.ts';
import type { ManifestSet } from './manifest-set.ts';

/** Milliseconds. */
const TIMING = {
  /** An editor writes a file in several steps, a sync tool several files; both settle within this time. */
  quiet: 50,
  /** A folder that never comes to rest is read all the same. */
  unrest: 250,
  /** What the watcher misses (no inotify watches left, a replaced folder, a network disk) is found after this time. */
  recheck: 1000,
} as const;

/** Rechecking a very large folder takes at most a twentieth of the time. */
const RECHECK_SHARE = 20;

/** The set as it was when the folder could still be read, with a problem that says so. */
const withFault = (set: ManifestSet, folder: string, fault: Fault): ManifestSet => {
  const problem: Problem = {
    code: 'InvalidManifest',
    subject: fileRef(folder),
    field: [],
    received: fault.message,
    expected: 'a readable folder',
    consequence: 'the last good version of its objects is used',
  };
  return { ...set, state: { ...set.state, problems: [problem, ...set.state.problems] } };
};

class ManifestWatch {
  readonly #folder: string;
  readonly #onChange: (set: ManifestSet) => void;
  readonly #read: () => Promise<ManifestSet>;
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isReading = false;
  /** When the oldest change that has not been read was noticed. */
  #noticedAt: number | undefined;
  #lastRead: ManifestSet | undefined;
  #lastFault: string | undefined;

  constructor(folder: string, onChange: (set: ManifestSet) => void) {
    this.#folder = folder;
    this.#onChange = onChange;
    this.#read = createManifestReader([folder]);
  }

  async open(signal: AbortSignal): Promise<void> {
    this.#lastRead = await this.#read();
    if (signal.aborted) return;
    this.#onChange(this.#lastRead);
    const notice = (): void => this.#notice();
    this.#watcher = watch(this.#folder, { ignoreInitial: true })
      .on('all', notice)
      // A file that is replaced twice in a row is lost to chokidar's own events; the folder's events never are.
      .on('raw', notice)
      .on('ready', notice)
      .on('error', notice);
    this.#schedule(TIMING.recheck);
    signal.addEventListener('abort', () => void this.#close());
  }

  async #close(): Promise<void> {
    clearTimeout(this.#timer);
    const watcher = this.#watcher;
    this.#watcher = undefined;
    await watcher?.close();
  }

  #schedule(delay: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#refresh(), delay);
  }

  #notice(): void {
    this.#noticedAt ??= performance.now();
    const patience = this.#noticedAt + TIMING.unrest - performance.now();
    if (!this.#isReading) this.#schedule(Math.max(0, Math.min(TIMING.quiet, patience)));
  }

  async #refresh(): Promise<void> {
    const startedAt = performance.now();
    this.#isReading = true;
    this.#noticedAt = undefined;
    const changed = await this.#readChange();
    this.#isReading = false;
    if (this.#watcher === undefined) return;
    if (changed !== undefined) this.#onChange(changed);
    const recheck = Math.max(TIMING.recheck, (performance.now() - startedAt) * RECHECK_SHARE);
    this.#schedule(this.#noticedAt === undefined ? recheck : TIMING.quiet);
  }

  /** The set, unless it says what the last one said. */
  async #readChange(): Promise<ManifestSet | undefined> {
    const [last, lastFault] = [this.#lastRead, this.#lastFault];
    try {
      this.#lastRead = await this.#read();
      this.#lastFault = undefined;
      return this.#lastRead === last && lastFault === undefined ? undefined : this.#lastRead;
    } catch (error) {
      if (!(error instanceof Fault) || last === undefined) throw error;
      this.#lastFault = error.message;
      return error.message === lastFault ? undefined : withFault(last, this.#folder, error);
    }
  }
}

/**
 * Calls `onChange` with what the folder says, and again whenever that changes, until the signal is aborted. Resolves
 * after the first call; a Fault where the folder cannot be read then. Later the last good content stays, with a problem.
 */
export const watchManifests = (
  folder: string,
  onChange: (set: ManifestSet) => void,
  signal: AbortSignal,
): Promise<void> => new ManifestWatch(folder, onChange).open(signal);
