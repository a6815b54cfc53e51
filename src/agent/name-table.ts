import type { EndpointShard, NameAnswer } from '../protocol/messages.ts';
import { NOBODY } from './dns/addresses.ts';

/** What every endpoint name answers just now. */
export class NameTable {
  #names: ReadonlyMap<string, NameAnswer> | undefined;
  readonly #mentioned = new Map<string, ReadonlySet<string>>();

  /** Answers from these shards from now on. */
  replace(shards: readonly EndpointShard[]): void {
    this.#names = new Map(shards.flatMap(({ names }) => Object.entries(names)));
  }

  /** Remembers that a generation on this machine mentions these names. */
  remember(digest: string, names: ReadonlySet<string>): void {
    this.#mentioned.set(digest, names);
  }

  /** Forgets generations whose folder is gone. */
  retain(digests: ReadonlySet<string>): void {
    for (const digest of this.#mentioned.keys()) if (!digests.has(digest)) this.#mentioned.delete(digest);
  }

  /**
   * The answer to a lower-case name; nothing where the name is unknown or before the first table. A name that left the
   * table while a generation still mentions it answers nobody: its old addresses may belong to another tenant by now.
   */
  find(name: string): NameAnswer | undefined {
    if (this.#names === undefined) return undefined;
    return this.#names.get(name) ?? (this.#isMentioned(name) ? NOBODY : undefined);
  }

  /** Host names that are resolved elsewhere. */
  externalHosts(): ReadonlySet<string> {
    const answers = [...(this.#names?.values() ?? [])];
    return new Set(answers.flatMap((answer) => ('external' in answer ? [answer.external] : [])));
  }

  #isMentioned(name: string): boolean {
    return this.#mentioned.values().some((names) => names.has(name));
  }
}
