import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { EXIT } from '../src/cli/exit-codes.ts';
import { Fault } from '../src/problems/fault.ts';
import { bringTools } from '../test/cluster/bed/tools.ts';
import { locateNginx } from './nginx.ts';
import { tallyReport, withExitCode, type Tally, type VitestReport } from './test-report.ts';

/** One npm script; its last command is Vitest, where nothing else is said. */
interface Part {
  readonly script: string;
  /** Steps before Vitest starts, which count as one passed test each once it has. */
  readonly steps: readonly string[];
  /** How the script is told to write its counts to a file, where it counts by itself. */
  readonly reportTo?: (file: string) => string;
  /** Fails with a Fault where this machine cannot run the part. */
  readonly needs?: () => Promise<unknown>;
}

const PARTS: readonly Part[] = [
  { script: 'test:fast', steps: ['check'] },
  { script: 'test:nginx', steps: [], needs: locateNginx },
  { script: 'test:cluster', steps: [], needs: bringTools },
  { script: 'parity', steps: [], needs: bringTools, reportTo: (file) => `--report=${file}` },
];

interface Result extends Tally {
  readonly script: string;
  readonly seconds: number;
  /** Why it was not run. */
  readonly obstacle?: string;
}

const runPart = async (part: Part, folder: string): Promise<Result> => {
  const start = Date.now();
  const obstacle = await findObstacle(part);
  const tally = obstacle === undefined ? await runScript(part, folder) : { passed: 0, failed: 1, failures: [] };
  const seconds = (Date.now() - start) / 1_000;
  return { script: part.script, seconds, ...tally, ...(obstacle === undefined ? {} : { obstacle }) };
};

const findObstacle = async ({ needs }: Part): Promise<string | undefined> => {
  try {
    await needs?.();
    return undefined;
  } catch (error) {
    if (error instanceof Fault) return error.message;
    throw error;
  }
};

const runScript = async ({ script, steps, reportTo }: Part, folder: string): Promise<Tally> => {
  console.log(`\n── npm run ${script}`);
  const file = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const options = reportTo === undefined ? reporters : [reportTo(file)];
  const { exitCode = 1 } = await execa('npm', ['run', '--silent', script, '--', ...options], {
    stdio: 'inherit',
    reject: false,
  });
  const report = await readReport(file);
  if (report === undefined) return { passed: 0, failed: 1, failures: [] };
  const counted = reportTo === undefined ? tallyReport(report as VitestReport) : (report as Tally);
  const tally = withExitCode(counted, exitCode);
  return { ...tally, passed: tally.passed + steps.length };
};

/** Reads and removes the report; absent where the tests were never started. */
const readReport = async (file: string): Promise<unknown> => {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  await rm(file, { force: true });
  return text === undefined ? undefined : JSON.parse(text);
};

const printResult = (result: Result): void => {
  const verdict = result.obstacle === undefined ? (result.failed === 0 ? 'passed' : 'FAILED') : 'NOT RUN';
  const counts = `${result.passed} passed, ${result.failed} failed`;
  console.log(
    `${result.script.padEnd(12)} ${verdict.padEnd(8)} ${result.seconds.toFixed(1).padStart(6)} s   ${counts}`,
  );
  if (result.obstacle !== undefined) console.log(`  ${result.obstacle.replaceAll('\n', '\n  ')}`);
  for (const failure of result.failures) console.log(`  ${failure}`);
};

const folder = await mkdtemp(join(tmpdir(), 'portico-test-'));
const results: Result[] = [];
try {
  for (const part of PARTS) results.push(await runPart(part, folder));
} finally {
  await rm(folder, { recursive: true });
}
console.log('');
results.forEach(printResult);
const sum = (count: (result: Result) => number): number => results.reduce((total, result) => total + count(result), 0);
const failed = sum((result) => result.failed);
console.log(`${sum((result) => result.passed)} passed, ${failed} failed`);
const isMachine = results.every(({ obstacle, failed: count }) => count === 0 || obstacle !== undefined);
process.exitCode = failed === 0 ? EXIT.good : isMachine ? EXIT.environment : EXIT.problems;
