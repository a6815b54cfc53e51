import { describe, expect, it } from 'vitest';
import { unsupportedAnnotations } from './unsupported.ts';

const known = new Set(['auth-type', 'use-regex']);

describe('annotations that no family has', () => {
  it.each([
    ['use-regx', 'the name of an annotation (did you mean use-regex?)'],
    ['Auth-Type', 'the name of an annotation (did you mean auth-type?)'],
    ['canary-weigth', 'the name of an annotation (did you mean canary-weight?)'],
    ['something-else', 'the name of an annotation'],
    ['constructor', 'the name of an annotation'],
    ['__proto__', 'the name of an annotation'],
  ])('%s is unknown: expected %s', (name, expected) => {
    expect(unsupportedAnnotations([name], known)).toEqual([
      { key: name, code: 'UnknownAnnotation', expected, closes: false, consequence: 'ignoring it' },
    ]);
  });

  it('a protection that is planned closes its routes', () => {
    expect(unsupportedAnnotations(['auth-url'], known)).toMatchObject([{ key: 'auth-url', closes: true }]);
  });

  it('what is known is not among them', () => {
    expect(unsupportedAnnotations(known, known)).toEqual([]);
  });

  it('of many unknown ones the first 20 are named, and the number of the others', () => {
    const names = Array.from({ length: 8_700 }, (_, index) => `x${index}`);
    const findings = unsupportedAnnotations([...names, 'auth-url'], known);
    expect(findings).toHaveLength(22);
    expect(findings.at(-1)).toMatchObject({
      key: 'x20',
      consequence: 'ignoring it, and 8679 more of which nothing is said',
    });
    expect(findings.filter((finding) => finding.closes)).toHaveLength(1);
  });
});
