import { describe, expect, it } from 'vitest';
import { patternLines, patternList } from './pattern-list.ts';

const linesOf = (text: string): unknown => {
  const parsed = patternList.parse(text);
  return parsed.ok ? patternLines(parsed.value, { value: '1', otherwise: '' }).slice(1) : parsed.error;
};

describe('patternList', () => {
  it.each([
    ['a text, in lower case', 'Evil/1.0', [{ key: 'evil/1.0', value: '1' }]],
    ['a text twice, in any case', 'a, A ,a', [{ key: 'a', value: '1' }]],
    ['words of NGINX as texts', 'default,include', ['default', 'include'].map((key) => ({ key, value: '1' }))],
    ['a regular expression', '~^a(b)', [{ matchesCluster: { pieces: ['^a', 'b)'] }, value: '1' }]],
    ['one in any case', '~*bot', [{ matchesCluster: { pieces: ['(?i)bot'] }, value: '1' }]],
  ])('takes %s', (_, text, lines) => {
    expect(linesOf(text)).toEqual(lines);
  });

  it.each([
    ['an expression that does not compile', '~a('],
    ['an expression that names a group', '~(?<args>.*)'],
    ['an empty expression, which would match everything', '~*'],
    ['a text that fits into no hash', 'x'.repeat(401)],
    ['more than NGINX needs', Array.from({ length: 1_001 }, (_one, index) => index).join(',')],
  ])('refuses %s', (_, text) => {
    expect(patternList.parse(text).ok).toBe(false);
  });
});
