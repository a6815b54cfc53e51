import { describe, expect, it } from 'vitest';
import { tallyReport, withExitCode } from './test-report.ts';

const test = (status: string) => ({ fullName: `a ${status} test`, status });

describe('tallyReport', () => {
  it('counts skipped and todo tests as failed and names them', () => {
    const assertionResults = ['passed', 'passed', 'failed', 'skipped', 'todo', 'pending'].map(test);
    expect(tallyReport({ testResults: [{ name: 'a.test.ts', status: 'failed', assertionResults }] })).toEqual({
      passed: 2,
      failed: 4,
      skipped: ['a skipped test', 'a todo test', 'a pending test'],
    });
  });

  it('counts a file that could not be loaded as one failure', () => {
    const broken = { name: 'b.test.ts', status: 'failed', assertionResults: [] };
    const good = { name: 'a.test.ts', status: 'passed', assertionResults: [test('passed')] };
    expect(tallyReport({ testResults: [broken, good] })).toEqual({ passed: 1, failed: 1, skipped: [] });
  });
});

describe('withExitCode', () => {
  it.each([
    ['nothing to a good end', 3, 0, 0, 0],
    ['nothing to failures already counted', 3, 2, 1, 2],
    ['a failure to a bad end without one', 3, 0, 1, 1],
  ])('adds %s', (_, passed, failed, exitCode, expected) => {
    expect(withExitCode({ passed, failed, skipped: [] }, exitCode).failed).toBe(expected);
  });
});
