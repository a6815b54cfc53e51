import { execa } from 'execa';
import { Fault } from '../problems/fault.ts';
import { MAX_ERRORS } from '../protocol/codec.ts';
import type { Layout } from '../protocol/layout.ts';
import type { NginxError } from '../protocol/messages.ts';
import { isObjection, parseErrorLine, toNginxError } from './error-lines.ts';

/** What to test, and with which program. */
interface FileTest {
  readonly binary: string;
  readonly run: Layout['run'];
  /** Path of the configuration. */
  readonly conf: string;
  readonly signal: AbortSignal;
}

/** The same for a generation. */
export interface ConfigTest extends Omit<FileTest, 'conf'> {
  readonly digest: string;
  /** Which of its files is a configuration; `nginx.conf` by default. */
  readonly file?: string;
}

/** 10,000 hosts with everything repeated take 7 s on a slow machine. */
const LIMIT_MS = 120_000;

/** Has `nginx -t` read a configuration of a generation in `run/`; says what NGINX objects to, nothing where the generation is good. */
export const testConfig = ({ digest, file, ...test }: ConfigTest): Promise<readonly NginxError[]> =>
  testFile({ ...test, conf: `${test.run.generations}/${digest}/${file ?? 'nginx.conf'}` });

/** The same for any configuration. */
export const testFile = async ({ binary, run, conf, signal }: FileTest): Promise<readonly NginxError[]> => {
  const test = execa(binary, ['-t', '-p', run.root, '-c', conf, '-e', 'stderr'], {
    stdin: 'ignore',
    stdout: 'ignore',
    buffer: false,
    reject: false,
    timeout: LIMIT_MS,
    forceKillAfterDelay: 1_000,
    cancelSignal: signal,
  });
  const objections: NginxError[] = [];
  let lastLine = '';
  for await (const line of test.iterable({ from: 'stderr' })) {
    lastLine = line;
    const parsed = objections.length < MAX_ERRORS ? parseErrorLine(line) : undefined;
    if (parsed !== undefined && isObjection(parsed)) objections.push(toNginxError(parsed, run));
  }
  const { exitCode, shortMessage } = await test;
  if (exitCode === undefined) throw new Fault('reload', `nginx -t gave no verdict: ${shortMessage}`);
  if (exitCode === 0 || objections.length > 0) return objections;
  return [{ text: lastLine === '' ? `nginx -t ended with exit code ${exitCode}` : lastLine }];
};
