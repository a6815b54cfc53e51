import { readdir } from 'node:fs/promises';
import type { NameAnswer } from '../protocol/messages.ts';
import { encodeShard } from '../protocol/codec.ts';
import { compareText } from '../values/compare.ts';
import { sha256 } from '../values/digest.ts';
import { fnv1a } from '../values/fnv.ts';
import { replaceFile } from './folders.ts';

const SHARDS = 16;

/** Spreads names evenly and always alike, so that a change of one name rewrites one shard. */
const shardOf = (name: string): number => (fnv1a(name) >>> 0) % SHARDS;

/** The files that hold an endpoint table, by name. The name follows from the content, so a file never changes. */
export const shardTable = (names: Readonly<Record<string, NameAnswer>>): ReadonlyMap<string, string> => {
  const groups = Map.groupBy(Object.entries(names), ([name]) => shardOf(name));
  const files = [...groups].map(([shard, entries]): readonly [string, string] => {
    const text = encodeShard({ names: Object.fromEntries(entries) });
    return [`${String(shard).padStart(2, '0')}-${sha256(text).slice(0, 32)}.json`, text];
  });
  return new Map(files.toSorted(([a], [b]) => compareText(a, b)));
};

/** Writes those files of a table that are not there yet; returns the names of all. */
export const writeShards = async (
  folder: string,
  names: Readonly<Record<string, NameAnswer>>,
): Promise<readonly string[]> => {
  const present = new Set(await readdir(folder));
  const table = shardTable(names);
  for (const [name, text] of table) {
    if (!present.has(name)) await replaceFile(`${folder}/${name}`, text, 0o640);
  }
  return [...table.keys()];
};
