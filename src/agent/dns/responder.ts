import type { Addresses } from './addresses.ts';
import { answer, parseQuery } from './answer.ts';
import { openPort, type OpenPort } from './port.ts';

/** Where a lower-case name leads; nothing where it is unknown. */
export type Find = (name: string) => Promise<Addresses | undefined>;

interface Awaited {
  readonly names: Set<string>;
  readonly resolve: () => void;
}

/** Answers NGINX's questions on several ports: one socket loses what arrives while it is busy. */
export class DnsResponder {
  readonly #find: Find;
  readonly #awaited = new Set<Awaited>();
  #open: readonly OpenPort[] = [];

  constructor(find: Find) {
    this.#find = find;
  }

  /** Opens `count` ports, as far as possible those of before; says which ones they are. */
  async open(before: readonly number[], count: number): Promise<readonly number[]> {
    for (let index = 0; index < count; index += 1) {
      const port = await openPort(before[index], (question, limit) => this.#reply(question, limit));
      this.#open = [...this.#open, port];
    }
    return this.#open.map(({ port }) => port);
  }

  /** Waits until each of these names was asked for and answered from now on; says which were not when given up. */
  whenAsked(names: ReadonlySet<string>, giveUp: AbortSignal): Promise<ReadonlySet<string>> {
    const awaited = { names: new Set(names), ...Promise.withResolvers<void>() };
    if (names.size === 0 || giveUp.aborted) return Promise.resolve(awaited.names);
    this.#awaited.add(awaited);
    giveUp.addEventListener('abort', () => awaited.resolve(), { once: true });
    return awaited.promise.then(() => {
      this.#awaited.delete(awaited);
      return awaited.names;
    });
  }

  /** Closes all ports. */
  async close(): Promise<void> {
    await Promise.all(this.#open.map((port) => port.close()));
    this.#open = [];
  }

  async #reply(message: Buffer, limit: number): Promise<Buffer | undefined> {
    const query = parseQuery(message);
    if (query === undefined) return undefined;
    const reply = answer(query, await this.#find(query.name), limit);
    this.#noteAsked(query.name);
    return reply;
  }

  #noteAsked(name: string): void {
    for (const awaited of this.#awaited) {
      awaited.names.delete(name);
      if (awaited.names.size === 0) awaited.resolve();
    }
  }
}
