import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encode, type Kind } from '../../src/nginx/argument.ts';
import { EncodingRefusal } from '../../src/nginx/encoding-refusal.ts';
import { parseConfig } from '../../src/nginx/lexer.ts';
import { hostileStrings } from '../support/hostile-strings.ts';

/** What NGINX reads where an argument of this kind holds a text that no grammar has looked at. */
const meanings: Readonly<Partial<Record<Kind, (text: string) => string>>> = {
  address: (text) => text,
  cidr: (text) => text,
  complex: (text) => text.replaceAll('$', '${pt_dollar}'),
  file: (text) => text,
  headerName: (text) => text,
  id: (text) => text,
  keyword: (text) => text,
  listenAddress: (text) => text,
  locationPath: (text) => text,
  // In a map the first backslash disarms the key, and NGINX strips it.
  mapKey: (text) => (text === '' ? '' : `\\${text}`),
  mimeType: (text) => text,
  mapRegex: (text) => `~${text}`,
  plain: (text) => text,
  regex: (text) => `(*LIMIT_MATCH=50000)${text}`,
  serverName: (text) => (text.startsWith('*.') ? `~^[\\w-]+\\.${text.slice(2).replaceAll('.', '\\.')}\\z` : text),
  socket: (text) => `unix:${text}`,
  variable: (text) => `$${text}`,
};

const kinds = Object.entries(meanings) as readonly (readonly [Kind, (text: string) => string])[];

/** The printed argument; nothing where the encoder refuses the text. */
const printed = (kind: Kind, text: string): string | undefined => {
  try {
    return encode(kind, text as never).text;
  } catch (error) {
    if (error instanceof EncodingRefusal) return undefined;
    throw error;
  }
};

/** What NGINX reads in the place of the argument, all in one. */
const readBack = (kind: Kind, text: string): unknown => {
  const argument = printed(kind, text);
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
  const comments = hostileStrings.flatMap((text) => printed('comment', text) ?? []);
  expect(comments.length).toBeGreaterThan(200);
  expect(comments.filter((comment) => !/^[A-Za-z0-9._/ %-]*$/.test(comment))).toEqual([]);
});
