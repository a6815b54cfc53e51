import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../problems/fault.ts';
import { parseShard } from '../protocol/codec.ts';
import type { EndpointShard } from '../protocol/messages.ts';

/** `desired/endpoints/`: each file is read once, because none is ever changed. */
export class ShardFolder {
  readonly #folder: string;
  #read: ReadonlyMap<string, EndpointShard> = new Map();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The shards of these names; all or none. */
  async load(names: readonly string[]): Promise<readonly EndpointShard[]> {
    const shards = await Promise.all(names.map(async (name) => [name, await this.#load(name)] as const));
    this.#read = new Map(shards);
    return [...this.#read.values()];
  }

  async #load(name: string): Promise<EndpointShard> {
    const known = this.#read.get(name);
    if (known !== undefined) return known;
    const parsed = parseShard(await readFile(join(this.#folder, name), 'utf8'));
    if (!parsed.ok) throw new Fault('protocol', `endpoint table ${name}: expected ${parsed.error}`);
    return parsed.value;
  }
}
