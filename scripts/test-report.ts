/** What came of one part of the tests. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  /** What failed, a line each; a test that was skipped or left to do is among it. */
  readonly failures: readonly string[];
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
  const failures = testResults.flatMap(nameFailures);
  return { passed, failed: failures.length, failures };
};

const nameFailures = ({ name, status, assertionResults }: VitestReport['testResults'][number]): readonly string[] => {
  if (status === 'failed' && assertionResults.length === 0) return [`could not be loaded: ${name}`];
  const missed = assertionResults.filter((test) => test.status !== 'passed');
  return missed.map(
    (test) => `${test.status === 'failed' ? 'failed' : 'skipped, which counts as failed'}: ${test.fullName}`,
  );
};

/** A part that ended badly although no test failed, such as an unhandled rejection, counts as one failure. */
export const withExitCode = (tally: Tally, exitCode: number): Tally =>
  exitCode !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
