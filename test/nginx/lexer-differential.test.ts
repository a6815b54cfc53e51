import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConfig, type ConfigNode } from '../../src/nginx/lexer.ts';
import { serveOne, testConfig, wholeConfig, type Verdict } from '../support/throwaway-nginx.ts';

/** What the tokenizer and the block structure of NGINX say; anything else comes from a directive. */
const LEXICAL = /\[emerg\] .*(?:unexpected "[^]+"|unexpected end of file.*|too long parameter[^]*) in [^ ]+:(\d+)/;

const characters = '"\'\\${};#() \t\r\ntrné'.split('');
const phrases = [' a ', 'b;', '${', '\\"', "\\'", '\\\\', '\\n', '"a b"', "'c'", ' d { e; }', '# x\n'];
const soup = fc.array(fc.constantFrom(...characters, ...phrases), { maxLength: 14 }).map((parts) => parts.join(''));

/** The directives that stand where none is known, because the text closed `types` early. */
const strays = (config: readonly ConfigNode[]): readonly ConfigNode[] => {
  const http = config.findIndex((node) => node.name === 'http');
  const inside = config[http]?.children ?? [];
  const types = inside.findIndex((node) => node.name === 'types');
  return [...inside.slice(types + 1), ...config.slice(http + 1)];
};

const agrees = (config: string, { accepted, output }: Verdict): boolean => {
  const ours = parseConfig(config);
  const lexicalLine = LEXICAL.exec(output)?.[1];
  if (!ours.ok) {
    // An unknown directive before the place of our error ends NGINX's reading earlier.
    return !accepted && (output.includes('unknown directive') || Number(lexicalLine) === ours.error.line);
  }
  const [stray] = strays(ours.value);
  if (stray === undefined) return accepted;
  return lexicalLine === undefined && output.includes(`unknown directive "${stray.name}"`);
};

/** What NGINX said where it read the text otherwise than we do. */
const disagreement = async (config: string): Promise<string | undefined> => {
  const verdict = await testConfig(config);
  return agrees(config, verdict) ? undefined : `NGINX: ${verdict.output}`;
};

describe('the lexer reads what NGINX reads', () => {
  it('accepts and refuses the same texts, and stops at the same line', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(soup, async (text) => {
        expect(await disagreement(wholeConfig(`types {\n${text}\n}`))).toBeUndefined();
      }),
      { numRuns: 600, interruptAfterTimeLimit: 20_000 },
    );
  });

  const lengths = [4_091, 4_092, 4_093, 4_094, 4_095, 4_096, 4_097];
  const longTexts: Readonly<Record<string, (filler: string) => string>> = {
    'a quoted word before ";"': (filler) => `a "${filler}";`,
    'a quoted word before a space': (filler) => `a '${filler}' ;`,
    'a quoted word before another': (filler) => `a "${filler}"\n\t"b";`,
    'a quoted word before ")"': (filler) => `a "${filler}")b;`,
    'a word before ";"': (filler) => `a ${filler};`,
    'a word before a space': (filler) => `a ${filler} b;`,
    'a comment': (filler) => `#${filler}\na b;`,
    'a comment inside a directive': (filler) => `a #${filler}\n b;`,
    'two-byte characters': (filler) => `a "${filler.slice(0, filler.length / 2).replaceAll('x', 'é')}";`,
  };
  it.each(Object.entries(longTexts))('knows the longest possible token: %s', async (_, text) => {
    for (const length of lengths) {
      expect(await disagreement(wholeConfig(`types {\n${text('x'.repeat(length))}\n}`))).toBeUndefined();
    }
  });

  it('gives words the values that NGINX serves', { timeout: 60_000 }, async () => {
    const written = fc.oneof(
      soup.map((text) => `"${text}"`),
      soup.map((text) => `'${text}'`),
      soup,
    );
    const cases = fc.sample(written, 3_000).flatMap((raw) => {
      const parsed = parseConfig(`geo $x { default ${raw}; }`);
      const entries = parsed.ok && parsed.value.length === 1 ? (parsed.value[0]?.children ?? []) : [];
      const [value, ...more] = entries[0]?.args ?? [];
      return value === undefined || entries.length > 1 || more.length > 0 ? [] : [{ raw, value }];
    });
    const http = cases.map(({ raw }, index) => `geo $v${index} { default ${raw}; }`).join('\n');
    const server = cases.map((_, index) => `location = /${index} { return 200 "$v${index}"; }`).join('\n');
    expect(cases.length).toBeGreaterThan(500);
    await serveOne({ http: `variables_hash_max_size 8192;\n${http}`, server }, async (get) => {
      for (const [index, { raw, value }] of cases.entries()) {
        expect({ raw, ...(await get(`/${index}`)) }).toEqual({ raw, status: 200, body: value });
      }
    });
  });
});
