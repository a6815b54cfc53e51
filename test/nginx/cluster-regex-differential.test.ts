import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encode } from '../../src/nginx/argument.ts';
import {
  captureText,
  groupCount,
  matchText,
  parseClusterRegex,
  type ClusterRegex,
} from '../../src/nginx/cluster-regex.ts';
import { serveOne, testConfig, wholeConfig } from '../support/throwaway-nginx.ts';

const oneOf = (words: string): fc.Arbitrary<string> => fc.constantFrom(...words.split(' '));
const joined = (parts: fc.Arbitrary<string>, size: fc.ArrayConstraints, separator = ''): fc.Arbitrary<string> =>
  fc.array(parts, size).map((texts) => texts.join(separator));
const pair = (first: fc.Arbitrary<string>, second: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(first, second).map((texts) => texts.join(''));

const byte = oneOf(String.raw`a b Z 0 / - . é \. \/ \d \W \h \x41 \n _ \_ { } ] : = # ! " \" \\ {a} {1 \1 \R \p`);
const member = oneOf(
  String.raw`a b z 0 - ] [ ^ \w \d \] \\ \x20 é ÿ . : = [:alpha:] [:^digit:] [:x:] a-z z-a \d-. [. $ ( * \b +--`,
);
const place = oneOf(String.raw`^ $ \b \B \A \z \Z (?i) (?-i) (?s-m)`);
const opening = oneOf('( ( ( (?: (?> (?= (?! (?<= (?<! (?i: (?<a> (?|');
const quantifier = oneOf('* + ? *? ?? *+ {2} {0} {0,3} {2,} {2}+ {3,9}? {20,40} {,3} {65535} {12,3}');
const soup = joined(oneOf(String.raw`( ) [ ] { } | ? * + ^ $ \ . - : = ! < > 0 1 , a P R & # ' d w b K N`), {
  maxLength: 12,
});

/** Expressions of which PCRE2 and we accept some. */
const { alternatives } = fc.letrec<{ alternatives: string; item: string }>((tie) => ({
  item: fc.oneof(
    { depthSize: 'medium' },
    byte,
    place,
    pair(fc.constantFrom('[', '[^'), joined(member, { minLength: 1, maxLength: 4 })).map((text) => `${text}]`),
    pair(opening, tie('alternatives')).map((text) => `${text})`),
  ),
  alternatives: joined(
    joined(pair(tie('item'), fc.option(quantifier, { nil: '' })), { maxLength: 4 }),
    { minLength: 1, maxLength: 3 },
    '|',
  ),
}));
const source = fc.oneof({ weight: 3, arbitrary: alternatives }, { weight: 1, arbitrary: soup });

const accepted = (sources: readonly string[]): readonly { source: string; regex: ClusterRegex }[] =>
  [...new Set(sources)].flatMap((text) => {
    const parsed = parseClusterRegex(text);
    return parsed.ok ? [{ source: text, regex: parsed.value }] : [];
  });

const locations = (regex: ClusterRegex): string =>
  [`~* ${encode('regex', matchText(regex)).text}`, `~ ${encode('regex', captureText(regex)).text}`]
    .map((match) => `location ${match} { return 204; }`)
    .join('\n');

const brackets = (groups: number, prefix: string): string =>
  ['+', ...Array.from({ length: groups }, (_, index) => `[$${prefix}${index + 1}]`)].join('');

describe('an accepted regular expression', () => {
  it('compiles in both printings', async () => {
    let count = 0;
    for (let round = 0; round < 8; round += 1) {
      const regexes = accepted(fc.sample(source, 4_000));
      count += regexes.length;
      const servers = `server {\n${regexes.map(({ regex }) => locations(regex)).join('\n')}\n}`;
      expect(await testConfig(wholeConfig(servers))).toMatchObject({ accepted: true });
    }
    expect(count).toBeGreaterThan(2_000);
  });

  it('matches and captures what its source does', async () => {
    const regexes = accepted(fc.sample(alternatives, 20_000))
      .filter(({ regex }) => groupCount(regex) > 0 && groupCount(regex) < 10)
      .slice(0, 150);
    const maps = regexes.map(({ source: text, regex }, index) =>
      [
        ['source', text, brackets(groupCount(regex), '')],
        ['capture', captureText(regex), brackets(groupCount(regex), 'pt_')],
        ['match', matchText(regex), '+'],
      ]
        .map(([name, pattern, value]) => {
          const key = `"~${encode('regex', pattern ?? '').text.slice(1)}`;
          return `map $arg_s $${name}_${index} { default -; ${key} "${value}"; }`;
        })
        .join('\n'),
    );
    const answers = regexes.map(
      (_, index) => `location = /${index} { return 200 "$source_${index} $capture_${index} $match_${index}"; }`,
    );
    const subjects = ['a', 'b0', '/aab', 'Z-a/b', 'aaaa.bbbb', '0/0/a-b', ''];
    let matches = 0;
    const http = `variables_hash_max_size 4096;\n${maps.join('\n')}`;
    await serveOne({ http, server: answers.join('\n') }, async (get) => {
      for (const [index, { source: text }] of regexes.entries()) {
        for (const subject of subjects) {
          const { body } = await get(`/${index}?s=${subject}`);
          const [original = '', captured, matched] = body.split(' ');
          matches += original === '-' ? 0 : 1;
          expect({ text, subject, captured, matched }).toEqual({
            text,
            subject,
            captured: original,
            matched: original.slice(0, 1),
          });
        }
      }
    });
    expect(matches).toBeGreaterThan(50);
  });

  it.each([
    ['/foo(/|$)(.*)', '/foo/bar/baz', '[/][bar/baz]'],
    ['/foo(/|$)(.*)', '/foo', '[][]'],
    ['/something(/|$)(.*)', '/something/new', '[/][new]'],
    [String.raw`/v(\d+)/users/([^/]+)$`, '/v2/users/ada', '[2][ada]'],
    ['/(?:api|(rest))/(.+)', '/api/x', '[][x]'],
  ])('%s captures from %s', async (text, path, expected) => {
    const server = accepted([text])
      .map(({ regex }) => {
        const match = `~* ${encode('regex', captureText(regex)).text}`;
        return `location ${match} { return 200 "${brackets(groupCount(regex), 'pt_')}"; }`;
      })
      .join('\n');
    await serveOne({ http: '', server }, async (get) => {
      expect(await get(path)).toEqual({ status: 200, body: `+${expected}` });
    });
  });
});
