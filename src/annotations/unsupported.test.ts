import { describe, expect, it } from 'vitest';
import { unsupportedAnnotations, unsupportedSettings } from './unsupported.ts';

const written = (...names: readonly string[]): ReadonlyMap<string, string> => new Map(names.map((name) => [name, 'x']));

const known = new Set(['auth-type', 'auth-url', 'use-regex']);

describe('annotations that no family has', () => {
  it.each([
    ['use-regx', 'the name of an annotation (did you mean use-regex?)'],
    ['Auth-Type', 'the name of an annotation (did you mean auth-type?)'],
    ['auth-ulr', 'the name of an annotation (did you mean auth-url?)'],
    ['something-else', 'the name of an annotation'],
    ['constructor', 'the name of an annotation'],
    ['__proto__', 'the name of an annotation'],
  ])('%s is unknown: expected %s', (name, expected) => {
    expect(unsupportedAnnotations(written(name), known)).toEqual([
      { key: name, code: 'UnknownAnnotation', expected, closes: false, consequence: 'ignoring it' },
    ]);
  });

  it('what is known is not among them', () => {
    expect(unsupportedAnnotations(written(...known), known)).toEqual([]);
  });

  it('of many unknown ones the first 20 are named, and the number of the others', () => {
    const names = Array.from({ length: 8_700 }, (_, index) => `x${index}`);
    const findings = unsupportedAnnotations(written(...names), known);
    expect(findings).toHaveLength(21);
    expect(findings.at(-1)).toMatchObject({
      key: 'x20',
      consequence: 'ignoring it, and 8679 more of which nothing is said',
    });
  });
});

describe('what only switches off something that we do not have', () => {
  it.each(['enable-modsecurity', 'enable-global-auth', 'ssl-passthrough'])('%s asks for nothing', (name) => {
    expect(unsupportedAnnotations(new Map([[name, 'false']]), new Set())).toEqual([]);
    expect(unsupportedAnnotations(new Map([[name, 'true']]), new Set())).toHaveLength(1);
  });
});

describe('a key of the ConfigMap', () => {
  const known = new Set(['proxy-body-size']);

  it.each([
    [
      'that does not exist is ignored, with a guess',
      'proxy-body-siz',
      { code: 'UnknownSetting', expected: 'the name of a key (did you mean proxy-body-size?)', closes: false },
    ],
  ])('%s', (_what, key, finding) => {
    expect(unsupportedSettings({ [key]: 'x' }, known)).toMatchObject([{ key, ...finding }]);
  });

  it("that is known, empty or switched off is nobody's business", () => {
    expect(unsupportedSettings({ 'proxy-body-size': '1m', other: ' ', 'enable-modsecurity': 'false' }, known)).toEqual(
      [],
    );
  });
});
