import { decodeObject } from '../cluster/decode.ts';
import type { Secret } from '../cluster/resources.ts';
import { Fault } from '../problems/fault.ts';
import type { Problem } from '../problems/problem.ts';
import { invariant } from '../values/invariant.ts';
import type { ObjectRef } from '../values/object-ref.ts';
import { asFault, type ApiClient } from './api-client.ts';
import { ApiFault } from './api-fault.ts';
import { pageOf, refusalOf } from './api-messages.ts';
import { pause, pauseAfter, type Pauses } from './pauses.ts';
import type { KubeLog } from './reflector.ts';
import { versionOf } from './secret-versions.ts';
import { oneSecret } from './watched-kinds.ts';

/** What reading Secrets needs, and whom it tells. */
export interface SecretContentsPorts {
  readonly client: ApiClient;
  readonly log: KubeLog;
  readonly pauses: Pauses;
  readonly signal: AbortSignal;
  /** What was wanted is there, as far as it can be had. */
  arrived(): void;
}

/** What is known of a wanted Secret. */
interface Held {
  /** The versions that this content stands for: the one that was asked for, and the one that came. */
  readonly versions: readonly string[];
  /** Absent where there is none, or none that could be read yet. */
  readonly secret?: Secret;
  readonly problems: readonly Problem[];
}

const AT_ONCE = 16;
const READ_MS = 30_000;
const NOTHING: Held = { versions: [], problems: [] };

/** Holds the content of Secrets that are wanted, in the version that is wanted, and of no others. */
export class SecretContents {
  readonly #ports: SecretContentsPorts;
  #wanted: ReadonlyMap<ObjectRef, string> = new Map();
  readonly #held = new Map<ObjectRef, Held>();
  readonly #queue = new Set<ObjectRef>();
  readonly #reading = new Map<ObjectRef, Promise<void>>();

  constructor(ports: SecretContentsPorts) {
    this.#ports = ports;
  }

  /** Forgets all other Secrets; says whether everything is there. If not, it is read, and `arrived` is called. */
  want(wanted: ReadonlyMap<ObjectRef, string>): 'complete' | 'reading' {
    this.#wanted = wanted;
    for (const ref of this.#held.keys()) if (!wanted.has(ref)) this.#held.delete(ref);
    for (const [ref, version] of wanted) if (!this.#isCurrent(ref, version)) this.#queue.add(ref);
    for (const ref of this.#queue) if (!wanted.has(ref)) this.#queue.delete(ref);
    this.#readOn();
    return this.#isIdle() ? 'complete' : 'reading';
  }

  secrets(): readonly (readonly [ObjectRef, Secret])[] {
    return [...this.#held].flatMap(([ref, { secret }]) => (secret === undefined ? [] : [[ref, secret] as const]));
  }

  problems(): readonly Problem[] {
    return [...this.#held.values()].flatMap(({ problems }) => problems);
  }

  /** Resolves when nothing is read any more; the signal has come before. */
  async end(): Promise<void> {
    await Promise.all(this.#reading.values());
  }

  #isCurrent(ref: ObjectRef, version: string | undefined): boolean {
    return version !== undefined && this.#held.get(ref)?.versions.includes(version) === true;
  }

  #isIdle(): boolean {
    return this.#queue.size === 0 && this.#reading.size === 0;
  }

  #readOn(): void {
    for (const ref of this.#queue) {
      if (this.#reading.size >= AT_ONCE || this.#ports.signal.aborted) return;
      if (this.#reading.has(ref)) continue;
      this.#queue.delete(ref);
      if (!this.#isCurrent(ref, this.#wanted.get(ref))) this.#reading.set(ref, this.#read(ref));
    }
  }

  /**
   * Asks until there is an answer, and everybody waits: who may list Secrets may list each of them, so one that cannot be
   * read is an API server that is not well, and a snapshot without the Secret would close routes for nothing.
   */
  async #read(ref: ObjectRef): Promise<void> {
    for (let failures = 0; this.#wanted.has(ref) && !this.#ports.signal.aborted;) {
      const version = this.#wanted.get(ref) ?? '';
      const answer = await this.#ask(ref, version).catch(faultOnly);
      if (!(answer instanceof Fault)) {
        this.#held.set(ref, answer);
        break;
      }
      failures += 1;
      if (failures === 1) this.#ports.log.warn(`a Secret cannot be read: ${answer.message}`, { secret: ref });
      const retryAfterMs = answer instanceof ApiFault ? answer.retryAfterMs : 0;
      const patience = pauseAfter(failures, this.#ports.pauses, Math.random());
      await pause(Math.max(patience, retryAfterMs), this.#ports.signal);
    }
    this.#reading.delete(ref);
    this.#readOn();
    if (this.#isIdle() && !this.#ports.signal.aborted) this.#ports.arrived();
  }

  async #ask(ref: ObjectRef, version: string): Promise<Held> {
    const { path, selector } = oneSecret(ref);
    const signal = AbortSignal.any([this.#ports.signal, AbortSignal.timeout(READ_MS)]);
    const response = await this.#ports.client.request({ path, query: selector, signal });
    if (!response.ok) throw await refusalOf(response, path);
    const [item] = pageOf(await response.text().catch(rethrow)).items;
    if (item === undefined) return { ...NOTHING, versions: [version] };
    return { ...decodedOf(item), versions: [version, versionOf(item)] };
  }
}

const decodedOf = (item: object): Omit<Held, 'versions'> => {
  const decoded = decodeObject({ ...item, apiVersion: 'v1', kind: 'Secret' });
  invariant(decoded.outcome !== 'ignored', 'a Secret is a kind that is decoded');
  const { problems } = decoded;
  if (decoded.outcome === 'refused' || decoded.object.kind !== 'Secret') return { problems };
  return { secret: decoded.object.resource, problems };
};

const rethrow = (error: unknown): never => {
  throw asFault(error);
};

const faultOnly = (error: unknown): Fault => {
  if (error instanceof Fault) return error;
  throw error;
};
