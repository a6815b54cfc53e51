import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { captureText, groupCount, matchText, parseClusterRegex } from './cluster-regex.ts';

const r = String.raw;

const printed = (source: string): readonly [match: string, capture: string, groups: number] | string => {
  const parsed = parseClusterRegex(source);
  if (!parsed.ok) return parsed.error;
  return [matchText(parsed.value), captureText(parsed.value), groupCount(parsed.value)];
};

describe('parseClusterRegex', () => {
  it.each<[source: string, match: string, capture: string, groups: number]>([
    ['/foo(/|$)(.*)', '/foo(?:/|$)(?:.*)', '/foo(?<pt_1>/|$)(?<pt_2>.*)', 2],
    ['/((a)|b(c))', '/(?:(?:a)|b(?:c))', '/(?<pt_1>(?<pt_2>a)|b(?<pt_3>c))', 3],
    ['/(?:a|(b))(?=(c))', '/(?:a|(?:b))(?=(?:c))', '/(?:a|(?<pt_1>b))(?=(?<pt_2>c))', 2],
    ['/(é)', '/(?:é)', '/(?<pt_1>é)', 1],
    [r`/[(]\((a)`, r`/[(]\((?:a)`, r`/[(]\((?<pt_1>a)`, 1],
  ])('prints the groups of %s', (source, ...expected) => {
    expect(printed(source)).toEqual(expected);
  });

  it.each([
    ['text', ['', '/', '/foo', '/a/b-c_d~e%20', '/a b', '/日本|é+', '/a}b]', '/{id}']],
    ['alternatives and groups', ['a||b', '()', '(?:a|)b', '(?>a+)b', '(?i:a)(?-i)(?s-m)b']],
    ['looks', ['/(?!admin).*', '/(?=a)b', '/x(?<!b)(?<=a|bc)', '/(?<=a{2}[bc])d']],
    ['anchors', ['^/a$', r`\A/a\b\z`, r`\Ba\Z`]],
    ['escapes', [r`/v\d+/\w*\.(?:png|jpe?g)`, r`/\x2e\/\-\_\h\V\e\\`, r`\é`]],
    ['classes', ['/[^/]+', '[a-z0-9-]', '[]a]', '[^]]', '[a-z-9]', '[+--]', '[.]', '[a[b]', '[$|(]']],
    ['sets in classes', [r`[\w-]`, r`[\d.]`, r`[\x00-\x1f]`, '[[:alpha:][:^digit:]_-]']],
    [
      'quantifiers',
      ['.*', '/foo.+', 'a?', 'a*?', 'a++', 'a{2,3}', 'a{2}?', 'a{2,}+', 'a{0}', 'a{65535}', '(?:a{3}){99}'],
    ],
  ])('accepts %s', (_, sources) => {
    expect(sources.filter((source) => !parseClusterRegex(source).ok)).toEqual([]);
  });

  it.each([
    ['a named group', '(?<name>a)', 'groups without names'],
    ['a named group as in Python', '(?P<name>a)', 'groups without names'],
    ['a named group in quotes', "(?'name'a)", 'groups without names'],
    ['a named reference as in Python', '(?P=name)', 'groups without names'],
    ['a verb', '(*LIMIT_MATCH=1)a', 'no verb "(*"'],
    ['a callout', '(?C1)a', 'no callout "(?C"'],
    ['recursion', '(?R)', 'no recursion'],
    ['recursion into the whole', '(?0)', 'no recursion'],
    ['recursion into a group', '(a)(?1)', 'no recursion'],
    ['recursion into a named group', '(?&a)', 'no recursion'],
    ['recursion forward', '(?+1)(a)', 'no recursion'],
    ['recursion backward', '(a)(?-1)', 'no recursion'],
    ['a condition', '(a)(?(1)b)', 'no condition "(?("'],
    ['a comment', '(?#a)', 'no comment "(?#"'],
    ['a back reference', r`(a)\1`, 'no back reference or subroutine'],
    ['a back reference by name', r`\k<a>`, 'no back reference or subroutine'],
    ['a subroutine', r`\g<1>`, 'no back reference or subroutine'],
    ['a group with alternative numbering', '(?|a)', 'groups of the forms (…), (?:…)'],
    ['a flag that changes how the rest is read', '(?x)a', 'groups of the forms (…), (?:…)'],
    ['flags without letters', '(?-)a', 'groups of the forms (…), (?:…)'],
    ['literal text in \\Q…\\E', r`\Qa\E`, 'instead of "\\Q"'],
    ['a reset of the match', r`a\K`, 'instead of "\\K"'],
    ['single code units', r`\C`, 'instead of "\\C"'],
    ['the start of matching', r`\G`, 'instead of "\\G"'],
    ['a code point by name', r`\N{U+41}`, 'instead of "\\N"'],
    ['a property, which needs UTF mode', r`\pL`, 'instead of "\\p"'],
    ['an incomplete number', r`\x4`, 'instead of "\\x"'],
    ['a control character', '/a\nb', 'a regular expression without control characters'],
    ['a lone surrogate', '/\ud800', 'well-formed Unicode text'],
    ['more than 1,000 bytes', 'é'.repeat(501), 'a regular expression of at most 1000 bytes'],
    ['a class that stays open', '/[x', '"]" at the end of a character class'],
    ['an empty class', '/[]', '"]" at the end of a character class'],
    ['a group that stays open', '/(x', '")" at the end of a group'],
    ['a group that was never opened', '/x)', '"(" before ")"'],
    ['a lone backslash', 'a\\', 'a character after "\\"'],
    ['a quantifier on nothing', '*', 'something to repeat before "*"'],
    ['a quantifier on a quantifier', '/+*', 'something to repeat before "*"'],
    ['a quantifier on an anchor', '^+', 'something to repeat before "+"'],
    ['a quantifier on a lookahead', '(?=a)?', 'something to repeat before "?"'],
    ['counts out of order', 'a{3,2}', '"{n}", "{n,}" or "{n,m}"'],
    ['a count above the limit of PCRE2', 'a{65536}', '"{n}", "{n,}" or "{n,m}"'],
    ['counts that only new versions of PCRE2 know', 'a{,3}', '"{n}", "{n,}" or "{n,m}"'],
    ['spaces in counts', 'a{ 2 }', '"{n}", "{n,}" or "{n,m}"'],
    ['a range out of order', '[z-a]', 'a range in ascending order'],
    ['a range out of order in UTF-8', '[é-z]', 'a range in ascending order'],
    ['a range that ends in a set', r`[a-\d]`, 'a character at the end of a range'],
    ['a range that begins with a set', r`[\w-.]`, String.raw`"\-" for a hyphen behind a set such as \w`],
    ['a word boundary in a class', r`[\b]`, 'no "\\b" inside a character class'],
    ['an anchor in a class', r`[\A]`, 'characters inside a character class'],
    ['an unknown POSIX class', '[[:alfa:]]', 'a known POSIX class'],
    ['the word boundary in disguise', '[[:<:]]', 'a known POSIX class'],
    ['a POSIX class without brackets of its own', '[:alpha:]', 'POSIX classes only inside'],
    ['a lookbehind of varying length', '(?<=a*)', 'a fixed length of at most 255'],
    ['a lookbehind whose inner branches vary', '(?<!(?:a|bc))', 'a fixed length of at most 255'],
    ['a lookbehind that is too long', '(?<=a{256})', 'a fixed length of at most 255'],
    ['too many groups', '()'.repeat(100), 'at most 99 groups'],
    ['groups too deep', `${'(?:'.repeat(51)}${')'.repeat(51)}`, 'at most 50 groups inside each other'],
    ['a program too large for PCRE2', '(?:(?:ab){30}){30}', 'at most 1200 items'],
  ])('refuses %s', (_, source, expected) => {
    expect(printed(source)).toContain(expected);
  });

  it('answers to every text, and prints back what it accepted', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(...'()[]{}\\?*+|<=a1,'.split('')) }),
    );
    fc.assert(
      fc.property(text, (source) => {
        const parsed = parseClusterRegex(source);
        expect(parsed.ok ? parsed.value.pieces.join('(') : source).toBe(source);
      }),
      { numRuns: 5_000 },
    );
  });
});
