import type { Fault } from '../problems/fault.ts';
import { formatProblem, severityOf, type Problem } from '../problems/problem.ts';
import { formatField } from '../values/field-path.ts';
import { compareProblems } from './ledger.ts';

/** The part of a logger that reports need. */
export interface ReportLog {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** `found`: it was there when this program started, which may have told it in an earlier life. */
export type Appearance = 'found' | 'new';

/** Told once when a problem appears and once when it is gone. */
export interface ProblemListener {
  appeared(problem: Problem, appearance: Appearance): void;
  resolved(problem: Problem): void;
}

/** What one reconcile came to. */
export interface ReconcileReport {
  readonly outcome: 'live' | 'unchanged' | 'kept';
  readonly digest: string;
  readonly objects: number;
  readonly problems: number;
  readonly changed: readonly string[];
  readonly tests: number;
  readonly planMs: number;
  readonly publishMs: number;
}

/** The one road from the program to people. */
export interface LogReporter {
  problems(now: readonly Problem[]): void;
  reconciled(report: ReconcileReport): void;
  kept(why: readonly string[]): void;
  warn(message: string): void;
  fault(fault: Fault, consequence: string): void;
}

const reconciledText = {
  live: 'the configuration is live',
  unchanged: 'the configuration is live already',
  kept: 'the last good configuration is kept',
} as const;

/** Logs each problem when it appears and when it is gone. */
export const logProblems = (log: ReportLog): ProblemListener => ({
  appeared(problem) {
    log[severityOf(problem) === 'error' ? 'error' : 'warn'](formatProblem(problem), fieldsOf(problem));
  },
  resolved(problem) {
    const { code, object, field } = fieldsOf(problem);
    const text = problem.code === 'ConfigRejected' ? 'no longer set aside' : 'resolved';
    log.info(`${object}${field === '' ? '' : ` ${field}`}: ${code} ${text}`, { code, object, field });
  },
});

/** Reports to the log and, for problems, to whoever else listens. */
export const createReporter = (log: ReportLog, listeners: readonly ProblemListener[]): LogReporter => {
  let reported: readonly Problem[] = [];
  let appearance: Appearance = 'found';
  return {
    problems(now) {
      const { appeared, resolved } = compareProblems(reported, now);
      reported = now;
      for (const listener of listeners) {
        appeared.forEach((problem) => listener.appeared(problem, appearance));
        resolved.forEach((problem) => listener.resolved(problem));
      }
    },
    reconciled({ outcome, ...fields }) {
      appearance = 'new';
      log[outcome === 'unchanged' ? 'debug' : 'info'](reconciledText[outcome], { ...fields });
    },
    kept(why) {
      log.error(`NGINX does not take the configuration, and no Ingress is to blame: ${why.join('; ')}`);
    },
    warn: (message) => log.warn(message),
    fault: (fault, consequence) => log.error(`${fault.message}; ${consequence}`, { code: fault.code }),
  };
};

const fieldsOf = (problem: Problem) => ({
  code: problem.code,
  object: problem.subject,
  field: formatField(problem.field),
  expected: problem.expected,
  ...(problem.received === undefined ? {} : { received: problem.received }),
  consequence: problem.consequence,
});
