import { beforeEach, expect, test } from 'vitest';
import { Fault } from '../problems/fault.ts';
import type { Problem } from '../problems/problem.ts';
import { objectRef } from '../values/object-ref.ts';
import { createReporter, logProblems, type LogReporter, type ReportLog } from './reporter.ts';

let lines: unknown[][];
let reporter: LogReporter;

beforeEach(() => {
  lines = [];
  const at =
    (level: string) =>
    (...line: unknown[]): void =>
      void lines.push([level, ...line]);
  const log: ReportLog = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  reporter = createReporter(log, [logProblems(log)]);
});

const subject = objectRef('Ingress', 'default', 'web');
const refused: Problem = {
  code: 'ConfigRejected',
  subject,
  field: [],
  expected: 'a configuration that NGINX accepts (nginx.conf:3: unknown directive "x")',
  consequence: 'its routes answer 503',
};
const annotation: Problem = {
  code: 'InvalidAnnotation',
  subject,
  field: ['metadata', 'annotations', 'nginx.ingress.kubernetes.io/proxy-read-timeout'],
  received: '5m',
  expected: 'whole seconds',
  consequence: 'using 60 (default)',
};

test('a set-aside object is one line with NGINX’s words, and one when it is live again', () => {
  reporter.problems([refused]);
  reporter.problems([refused]);
  reporter.problems([]);
  expect(lines).toEqual([
    [
      'error',
      'Ingress default/web: expected a configuration that NGINX accepts (nginx.conf:3: unknown directive "x"); its routes answer 503',
      {
        code: 'ConfigRejected',
        object: 'Ingress/default/web',
        field: '',
        expected: refused.expected,
        consequence: 'its routes answer 503',
      },
    ],
    [
      'info',
      'Ingress/default/web: ConfigRejected no longer set aside',
      { code: 'ConfigRejected', object: 'Ingress/default/web', field: '' },
    ],
  ]);
});

test('listeners learn which problems were there before the first reconcile', () => {
  const told: string[] = [];
  const listener = {
    appeared: ({ code }: Problem, appearance: string) => void told.push(`${code} ${appearance}`),
    resolved: () => {},
  };
  const listened = createReporter({ debug() {}, info() {}, warn() {}, error() {} }, [listener]);
  listened.problems([annotation]);
  listened.problems([annotation, refused]);
  listened.reconciled({
    outcome: 'live',
    digest: '',
    objects: 1,
    problems: 2,
    changed: [],
    tests: 2,
    planMs: 1,
    publishMs: 1,
  });
  listened.problems([annotation]);
  listened.problems([annotation, refused]);
  expect(told).toEqual(['InvalidAnnotation found', 'ConfigRejected found', 'ConfigRejected new']);
});

test('a warning says what was received', () => {
  reporter.problems([annotation]);
  expect(lines).toMatchObject([
    ['warn', expect.stringContaining('got "5m"'), { received: '5m', expected: 'whole seconds' }],
  ]);
});

test('a resolved problem is one line that names its field', () => {
  reporter.problems([annotation]);
  reporter.problems([]);
  expect(lines.at(-1)?.[1]).toBe(
    'Ingress/default/web metadata.annotations[nginx.ingress.kubernetes.io/proxy-read-timeout]: InvalidAnnotation resolved',
  );
});

test('a reconcile is one line, quiet where nothing changed', () => {
  const report = { digest: 'abc', objects: 3, problems: 1, changed: ['a.example'], tests: 1, planMs: 2, publishMs: 3 };
  reporter.reconciled({ outcome: 'live', ...report });
  reporter.reconciled({ outcome: 'unchanged', ...report });
  expect(lines).toEqual([
    ['info', 'the configuration is live', report],
    ['debug', 'the configuration is live already', report],
  ]);
});

test('what keeps a configuration from being taken, and what broke, is an error', () => {
  reporter.kept(['still could not bind()']);
  reporter.fault(new Fault('publish', 'no space left in /desired'), 'keeping the last good configuration');
  expect(lines).toEqual([
    ['error', 'NGINX does not take the configuration, and no Ingress is to blame: still could not bind()'],
    ['error', 'no space left in /desired; keeping the last good configuration', { code: 'publish' }],
  ]);
});
