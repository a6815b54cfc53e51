import { describe, expect, it } from 'vitest';
import { parseConfig, type ConfigNode } from './lexer.ts';

/** Name, arguments and children only: `['listen', ['80']]`, `['server', [], [...]]`. */
type Tree = readonly [name: string, args: readonly string[], children?: readonly Tree[]];

const treeOf = ({ name, args, children }: ConfigNode): Tree =>
  children === undefined ? [name, args] : [name, args, children.map(treeOf)];

const read = (text: string): readonly Tree[] | string => {
  const parsed = parseConfig(text);
  return parsed.ok ? parsed.value.map(treeOf) : `${parsed.error.line}:${parsed.error.column} ${parsed.error.expected}`;
};

describe('parseConfig', () => {
  it.each<[string, string, readonly Tree[]]>([
    [
      'reads directives in order',
      'a b; c;',
      [
        ['a', ['b']],
        ['c', []],
      ],
    ],
    ['reads nested bodies, also empty ones', 'a { b c { } }', [['a', [], [['b', ['c'], []]]]]],
    [
      'reads the entries of a map as directives',
      'map $a $b { x 1; "default" 2; }',
      [
        [
          'map',
          ['$a', '$b'],
          [
            ['x', ['1']],
            ['default', ['2']],
          ],
        ],
      ],
    ],
    ['drops quotes of both kinds', `a "b c" 'd "e"';`, [['a', ['b c', 'd "e"']]]],
    ['keeps an empty word', `a "" '';`, [['a', ['', '']]]],
    ['takes quotes inside a word as they are', `a b"c;`, [['a', ['b"c']]]],
    ['resolves the escapes that NGINX knows', String.raw`a "\t\r\n\"\'\\";`, [['a', ['\t\r\n"\'\\']]]],
    ['resolves them without quotes too', String.raw`a b\tc\\d\"e;`, [['a', ['b\tc\\d"e']]]],
    ['keeps the backslash of other escapes', String.raw`a "\.\$\d" \;\{\ ;`, [['a', ['\\.\\$\\d', '\\;\\{\\ ']]]],
    ['keeps a newline inside quotes', 'a "b\nc";', [['a', ['b\nc']]]],
    ['keeps "${name}" in one word', 'a ${b}c{}', [['a', ['${b}c'], []]]],
    ['ends a word at "{" that follows no "$"', 'a b{}', [['a', ['b'], []]]],
    ['takes "}" inside a word as it is', 'a b};', [['a', ['b}']]]],
    ['drops comments between words', 'a # b;\n c; # d', [['a', ['c']]]],
    ['takes "#" inside a word as it is', 'a b#c;', [['a', ['b#c']]]],
    ['takes "#" inside quotes as it is', 'a "# b";', [['a', ['# b']]]],
    [
      'begins a word at ")" behind a quoted one, as conditions need',
      `if ($a = "b"){}`,
      [['if', ['($a', '=', 'b', ')'], []]],
    ],
    ['reads characters beyond ASCII', 'a é "日本";', [['a', ['é', '日本']]]],
    ['reads nothing out of nothing', ' \n# only a comment', []],
  ])('%s', (_, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it.each([
    ['a quoted word that another follows at once', 'a "b"c;', '1:6 a space, ";", "{" or ")" after a quoted word'],
    ['"}" in the middle of a directive', 'a\nb }', '2:3 ";" or "{" before "}"'],
    ['"}" where no body is open', 'a; }', '1:4 a directive instead of "}"'],
    ['";" without a directive', 'a;;', '1:3 a directive before ";"'],
    ['"{" without a directive', '{ }', '1:1 a directive before "{"'],
    ['a body that stays open', 'a { b;\n', '2:1 "}" at the end of "a"'],
    ['a directive that stays open', 'a b', '1:4 ";" or "{" before the end of the text'],
    ['a quote that stays open', 'a "b;', '1:6 ";" or "{" before the end of the text'],
    ['a backslash at the end', 'a \\', '1:4 ";" or "{" before the end of the text'],
    ['a body among the entries of a map', 'map $a $b {\n x { } }', '2:4 ";" after an entry of "map"'],
    ['a word that NGINX cannot buffer', `é ${'b'.repeat(4_096)};`, '1:3 a word or comment of less than 4096 bytes'],
  ])('refuses %s', (_, text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it('says from which line to which line a directive reaches', () => {
    const parsed = parseConfig('a {\n  b\n    "c\nd";\n}\n');
    expect(parsed).toMatchObject({
      ok: true,
      value: [{ at: { line: 1, column: 1 }, endLine: 5, children: [{ at: { line: 2, column: 3 }, endLine: 4 }] }],
    });
  });

  it('reads any depth', () => {
    const depth = 100_000;
    expect(parseConfig('a{'.repeat(depth) + '}'.repeat(depth))).toMatchObject({ ok: true });
  });
});
