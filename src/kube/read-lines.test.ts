import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readLines } from './read-lines.ts';

async function* cut(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (const size of [...sizes, bytes.length]) {
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

test('lines are the same wherever the bytes are cut', async () => {
  const text = fc.string({ unit: 'grapheme' }).map((one) => one.replaceAll('\n', ''));
  await fc.assert(
    fc.asyncProperty(fc.array(text), fc.array(fc.integer({ min: 0, max: 9 })), async (lines, sizes) => {
      // TextDecoder takes a byte order mark at the very start away, as JSON wants it.
      const bytes = new TextEncoder().encode(`.\n${lines.map((line) => `${line}\n`).join('')}unfinished`);
      const found: string[] = [];
      for await (const one of readLines(cut(bytes, sizes))) found.push(one);
      expect(found).toEqual(['.', ...lines]);
    }),
  );
});
