import { describe, expect, it } from 'vitest';
import { tallyReport, withExitCode } from './test-report.ts';

const test = (status: string) => ({ fullName: `a ${status} test`, status });

describe('tallyReport', () => {
  it('names what failed, and counts skipped and todo tests among it', () => {
    const assertionResults = ['passed', 'passed', 'failed', 'skipped', 'todo', 'pending'].map(test);
    expect(tallyReport({ testResults: [{ name: 'a.test.ts', status: 'failed', assertionResults }] })).toEqual({
      passed: 2,
      failed: 4,
      failures: [
        'failed: a failed test',
        'skipped, which counts as failed: a skipped test',
        'skipped, which counts as failed: a todo test',
        'skipped, which counts as failed: a pending test',
      ],
    });
  });

  it('counts a file that could not be loaded as one failure', () => {
    const broken = { name: 'b.test.ts', status: 'failed', assertionResults: [] };
    const good = { name: 'a.test.ts', status: 'passed', assertionResults: [test('passed')] };
    expect(tallyReport({ testResults: [broken, good] })).toEqual({
      passed: 1,
      failed: 1,
      failures: ['could not be loaded: b.test.ts'],
    });
  });
});

describe('withExitCode', () => {
  it.each([
    ['nothing to a good end', 3, 0, 0, 0],
    ['nothing to failures already counted', 3, 2, 1, 2],
    ['a failure to a bad end without one', 3, 0, 1, 1],
  ])('adds %s', (_, passed, failed, exitCode, expected) => {
    expect(withExitCode({ passed, failed, failures: [] }, exitCode).failed).toBe(expected);
  });
});
