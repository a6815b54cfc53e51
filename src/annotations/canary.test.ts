import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encode } from '../nginx/argument.ts';
import { matchText } from '../nginx/cluster-regex.ts';
import { canary, drawnShare } from './canary.ts';
import { escapeRegex } from './cookie.ts';

describe('the share of a canary', () => {
  it.each([
    ['nothing', 0, 100, 0],
    ['less than nothing', -1, 100, 0],
    ['everything', 100, 100, 10_000],
    ['more than everything', 101, 100, 10_000],
    ['a part', 30, 100, 3_000],
    ['a part of a total below 100, which counts as 100', 30, 50, 3_000],
    ['a part of a total above 100', 1, 1_000, 10],
    ['a part smaller than NGINX can draw', 1, 1_000_000_000, 1],
    ['nearly everything', 999_999_999, 1_000_000_000, 9_999],
  ])('is %s for %i of %i', (_, weight, total, share) => {
    expect(drawnShare(weight, total)).toBe(share);
  });

  it('can be printed unless it is nothing or everything', () => {
    const integer = fc.integer({ min: -(10 ** 9), max: 10 ** 9 });
    fc.assert(
      fc.property(integer, integer, (weight, total) => {
        const share = drawnShare(weight, total);
        fc.pre(share > 0 && share < 10_000);
        expect(encode('share', share).text).toMatch(/^\d{1,2}(\.\d{1,2})?%$/);
      }),
    );
  });
});

describe('the grammars of canaries', () => {
  const parse = (key: keyof typeof canary.keys, text: string): boolean => canary.keys[key].type.parse(text).ok;

  it.each<[keyof typeof canary.keys, string, boolean]>([
    ['canary-by-header', 'X-Canary', true],
    ['canary-by-header', 'x_canary', true],
    ['canary-by-header', 'X.Canary', false],
    ['canary-by-header', 'X Canary', false],
    ['canary-by-header', 'a'.repeat(71), false],
    ['canary-by-header-value', 'a b', true],
    ['canary-by-header-value', '$host', false],
    ['canary-by-header-value', 'a"', false],
    ['canary-by-header-pattern', '^(a|b)$', true],
    ['canary-by-header-pattern', '(?<pt_cookie>a)', false],
    ['canary-by-header-pattern', '(*LIMIT_MATCH=9)a', false],
    ['canary-by-header-pattern', '[', false],
    ['canary-by-cookie', 'a.b-c~d/e:f', true],
    ['canary-by-cookie', 'a=b', false],
    ['canary-weight', '-1', true],
    ['canary-weight', '1.5', false],
    ['canary-weight', '9'.repeat(10), false],
  ])('%s: %s is accepted: %s', (key, text, accepted) => {
    expect(parse(key, text)).toBe(accepted);
  });

  it('a name or value in a regular expression matches itself and nothing else', () => {
    const text = fc.stringMatching(/^[A-Za-z0-9\-._~/: ]{1,20}$/);
    fc.assert(
      fc.property(text, text, (one, other) => {
        expect(new RegExp(`^${escapeRegex(one)}$`).test(other)).toBe(one === other);
      }),
    );
  });

  it('a pattern is limited and names nothing', () => {
    const parsed = canary.keys['canary-by-header-pattern'].type.parse('^(a|"b")$');
    const regex = parsed.ok && parsed.value !== 'unreadable' ? matchText(parsed.value.regex) : '';
    expect(encode('mapClusterRegex', regex).text).toBe(String.raw`"~(*LIMIT_MATCH=50000)^(?:a|\"b\")$"`);
  });
});
