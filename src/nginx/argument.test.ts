import { describe, expect, test } from 'vitest';
import { encode, isNginxArg, type Kind, type KindInput } from './argument.ts';
import { EncodingRefusal } from './encoding-refusal.ts';
import { expr } from './expression.ts';

const text = <K extends Kind>(kind: K, value: KindInput[K]): string => encode(kind, value).text;

describe('plain text', () => {
  test.each([
    ['stays as it is', 'a b', '"a b"'],
    ['keeps a dollar', '$uri ${x}', '"$uri ${x}"'],
    ['escapes quotes', 'a"; } server {', '"a\\"; } server {"'],
    ['escapes backslashes, so that NGINX makes no line break of \\n', String.raw`a\nb`, String.raw`"a\\nb"`],
    ['escapes a backslash before the closing quote', 'a\\', '"a\\\\"'],
  ])('%s', (_what, value, expected) => {
    expect(text('plain', value)).toBe(expected);
  });
});

describe('complex text', () => {
  test('prints a literal dollar through the one variable that holds it', () => {
    expect(text('complex', 'cost: $5 $uri ${host}')).toBe('"cost: ${pt_dollar}5 ${pt_dollar}uri ${pt_dollar}{host}"');
  });

  test('prints variables in braces, so that following text cannot extend the name', () => {
    expect(text('complex', expr`${'host'}name`)).toBe('"${host}name"');
  });

  test('takes embedded text literally', () => {
    expect(text('complex', expr`x${{ text: '$uri"' }}`)).toBe('"x${pt_dollar}uri\\""');
  });
});

describe('a realm', () => {
  test('is text', () => {
    expect(text('realm', 'a "$b" offline')).toBe('"a \\"${pt_dollar}b\\" offline"');
  });

  test('is not the word that switches authentication off', () => {
    expect(() => text('realm', 'off')).toThrow(EncodingRefusal);
  });
});

const kinds = ['plain', 'complex', 'regex', 'mapKey', 'locationPath'] as const;
const hostile: readonly (readonly [string, string])[] = [
  ['a line feed', '/a\nb'],
  ['a carriage return', '/a\rb'],
  ['NUL', '/a\u0000b'],
  ['DEL', '/a\u007fb'],
  ['a lone surrogate', '/a\ud800b'],
  ['more than 4,000 bytes', `/${'é'.repeat(2_001)}`],
];

describe.each(kinds)('kind %s', (kind) => {
  test.each(hostile)('refuses %s', (_what, value) => {
    expect(() => encode(kind, value)).toThrow(EncodingRefusal);
  });
});

test('the length that counts is that of the printed text', () => {
  expect(() => encode('plain', '\\'.repeat(2_048))).toThrow(EncodingRefusal);
  expect(text('plain', '\\'.repeat(1_900))).toHaveLength(3_802);
});

describe('names', () => {
  test('a map key is disarmed by one backslash', () => {
    expect(text('mapKey', 'default')).toBe('"\\\\default"');
    expect(text('mapKey', '~^x')).toBe('"\\\\~^x"');
  });

  test('a wildcard host matches exactly one label', () => {
    expect(text('serverName', '*.foo.com')).toBe('"~^[\\\\w-]+\\\\.foo\\\\.com\\\\z"');
  });

  test.each(['', '_', '~^x', '.x.com', 'x.*', '$hostname', '*', '*.*.com', 'A.com', 'a b', 'a;b', 'x.com.'])(
    'server name %j is refused',
    (name) => {
      expect(() => encode('serverName', name)).toThrow(EncodingRefusal);
    },
  );

  test.each(['', 'X Y', 'X:', 'X\n', 'X"', 'ü'])('header name %j is refused', (name) => {
    expect(() => encode('headerName', name)).toThrow(EncodingRefusal);
  });

  test.each(['foo', '= /', '@x', '~ x'])('location path %j is refused, because NGINX would read a modifier', (path) => {
    expect(() => encode('locationPath', path)).toThrow(EncodingRefusal);
  });

  test.each(['a;b', 'a b', '"', '$x', '{', ''])('keyword %j is refused', (word) => {
    expect(() => encode('keyword', word)).toThrow(EncodingRefusal);
  });
});

describe('a comment', () => {
  test('cannot end its line or show markup', () => {
    expect(text('comment', 'Ingress/a/b\n}{#"é')).toBe('Ingress/a/b%0A%7D%7B%23%22%C3%A9');
  });
});

describe('numbers', () => {
  test.each([
    [0, '0'],
    [1000, '1000'],
    [4096, '4k'],
    [1024 ** 2, '1m'],
    [1024 ** 3, '1024m'],
  ])('%d bytes print as %s', (bytes, expected) => {
    expect(text('size', bytes)).toBe(expected);
  });

  test.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('%d is refused', (value) => {
    expect(() => encode('time', value)).toThrow(EncodingRefusal);
    expect(() => encode('size', value)).toThrow(EncodingRefusal);
    expect(() => encode('number', value)).toThrow(EncodingRefusal);
  });
});

test('an argument cannot be forged', () => {
  expect(isNginxArg(encode('keyword', 'on'))).toBe(true);
  expect(isNginxArg({ text: 'on' })).toBe(false);
  expect(isNginxArg('on')).toBe(false);
});
