import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encode, type Kind } from '../../src/nginx/argument.ts';
import { EncodingRefusal } from '../../src/nginx/encoding-refusal.ts';
import { parseConfig } from '../../src/nginx/lexer.ts';
import { meanings, printedAs } from '../support/encoder-meanings.ts';
import { hostileStrings } from '../support/hostile-strings.ts';

const kinds = Object.entries(meanings) as readonly (readonly [Kind, (text: string) => string])[];

/** What NGINX reads in the place of the argument, all in one. */
const readBack = (kind: Kind, text: string): unknown => {
  const argument = printedAs(kind, text);
  if (argument === undefined) return undefined;
  const parsed = parseConfig(`before ${argument}; after;\n`);
  return parsed.ok ? parsed.value.map(({ name, args }) => [name, ...args]) : parsed.error;
};

const expectOneArgument = (kind: Kind, meaning: string, text: string): void => {
  const read = readBack(kind, text);
  expect(read ?? [['before', meaning], ['after']]).toEqual([['before', meaning], ['after']]);
};

describe('an encoder that no grammar protects makes one argument with the meaning of the text, or none', () => {
  test.each(kinds)('%s', (kind, meaning) => {
    for (const text of hostileStrings) expectOneArgument(kind, meaning(text), text);
    const anything = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('"', '\\', '$', '{', 'n', '/') }),
    );
    fc.assert(fc.property(anything, (text) => expectOneArgument(kind, meaning(text), text)));
  });

  test('of text that NGINX must take as it is, only control characters, broken characters and size are refused', () => {
    const refused = hostileStrings.filter((text) => readBack('plain', text) === undefined);
    const expected = (text: string): boolean =>
      /[\u0000-\u001f\u007f]/.test(text) || !text.isWellFormed() || Buffer.byteLength(JSON.stringify(text)) > 3_998;
    expect(refused.filter((text) => !expected(text))).toEqual([]);
    expect(refused.length).toBeGreaterThan(10);
  });

  test('numbers are whole and not negative', () => {
    for (const kind of ['number', 'time', 'size'] as const) {
      for (const value of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60])
        expect(() => encode(kind, value)).toThrow(EncodingRefusal);
    }
  });
});

test('a comment never ends within its line, whatever it names', () => {
  const comments = hostileStrings.flatMap((text) => printedAs('comment', text) ?? []);
  expect(comments.length).toBeGreaterThan(200);
  expect(comments.filter((comment) => !/^[A-Za-z0-9._/ %-]*$/.test(comment))).toEqual([]);
});
