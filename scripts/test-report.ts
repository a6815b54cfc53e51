/** What came of one part of the tests. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  /** Names of tests that were skipped or left to do; each counts as failed. */
  readonly skipped: readonly string[];
}

/** The parts of Vitest's JSON report that are read. */
export interface VitestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** Counts a report; what is not "passed" is failed, and so is a file that could not even be loaded. */
export const tallyReport = ({ testResults }: VitestReport): Tally => {
  const tests = testResults.flatMap((file) => file.assertionResults);
  const passed = tests.filter((test) => test.status === 'passed').length;
  const broken = testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  const skipped = tests.filter((test) => test.status !== 'passed' && test.status !== 'failed');
  return {
    passed,
    failed: tests.length - passed + broken.length,
    skipped: skipped.map((test) => test.fullName),
  };
};

/** A part that ended badly although no test failed, such as an unhandled rejection, counts as one failure. */
export const withExitCode = (tally: Tally, exitCode: number): Tally =>
  exitCode !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
