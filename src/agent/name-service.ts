import type { EndpointShard } from '../protocol/messages.ts';
import type { Addresses } from './dns/addresses.ts';
import { ExternalNames } from './dns/external-names.ts';
import { DnsResponder } from './dns/responder.ts';
import type { EndpointNames } from './endpoint-names.ts';
import { NameTable } from './name-table.ts';

/** Tells NGINX where the pods are: the endpoint table, served over DNS on this machine only. */
export class NameService {
  readonly #table = new NameTable();
  readonly #external = new ExternalNames();
  readonly #responder = new DnsResponder((name) => this.#find(name));

  /** Opens ports, as far as possible those of before. */
  open(before: readonly number[], count: number): Promise<readonly number[]> {
    return this.#responder.open(before, count);
  }

  /** Answers from these shards from now on. */
  replace(shards: readonly EndpointShard[]): void {
    this.#table.replace(shards);
    this.#external.retain(this.#table.externalHosts());
  }

  /** Keeps answering the names of a generation, whatever the table says. */
  remember(digest: string, names: EndpointNames): void {
    this.#table.remember(digest, names.all);
  }

  /** Forgets the names of all other generations. */
  retain(digests: ReadonlySet<string>): void {
    this.#table.retain(digests);
  }

  /** Waits until NGINX asked for each of these names from now on; says which it did not when given up. */
  whenAsked(names: ReadonlySet<string>, giveUp: AbortSignal): Promise<ReadonlySet<string>> {
    return this.#responder.whenAsked(names, giveUp);
  }

  /** Answers no more. */
  close(): Promise<void> {
    return this.#responder.close();
  }

  async #find(name: string): Promise<Addresses | undefined> {
    const found = this.#table.find(name);
    return found !== undefined && 'external' in found ? this.#external.find(found.external) : found;
  }
}
