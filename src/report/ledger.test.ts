import { describe, expect, test } from 'vitest';
import type { Problem } from '../problems/problem.ts';
import { objectRef } from '../values/object-ref.ts';
import { compareProblems } from './ledger.ts';

const problem = (name: string, change: Partial<Problem> = {}): Problem => ({
  code: 'InvalidPath',
  subject: objectRef('Ingress', 'default', name),
  field: ['spec'],
  expected: 'a path',
  consequence: 'it is left out',
  ...change,
});

const [a, b] = [problem('a'), problem('b')];
const worse = problem('a', { consequence: 'nothing of it is served' });

describe('comparing problems', () => {
  test.each<[string, readonly Problem[], readonly Problem[], readonly Problem[], readonly Problem[]]>([
    ['all of them are new at the start', [], [a, b], [a, b], []],
    ['those that stay are not told again', [a, b], [b, { ...a }], [], []],
    ['a problem that is gone is resolved', [a, b], [b], [], [a]],
    ['the same problem twice is told once', [], [a, a], [a], []],
    ['a problem that changes in its place is told anew, not as resolved', [a], [worse], [worse], []],
    ['another field is another problem', [a], [problem('a', { field: [] })], [problem('a', { field: [] })], [a]],
  ])('%s', (_, before, now, appeared, resolved) => {
    expect(compareProblems(before, now)).toEqual({ appeared, resolved });
  });
});
