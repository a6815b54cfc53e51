import { formatField, type FieldPath } from '../values/field-path.ts';
import { refParts, type ObjectRef } from '../values/object-ref.ts';
import { problemCatalogue, type ProblemCode } from './catalogue.ts';

/** A mistake that the owner of an object can correct. Returned, never thrown; never holds key material. */
export interface Problem {
  readonly code: ProblemCode;
  readonly subject: ObjectRef;
  readonly field: FieldPath;
  /** What was found there, as text; absent where it is missing or secret. */
  readonly received?: string;
  /** Completes "expected …". */
  readonly expected: string;
  /** What Portico does instead: "using 60 (default)", "its routes answer 503". */
  readonly consequence: string;
}

/** What speaks against something, before it is known of which object that is told. */
export type Refusal = Pick<Problem, 'code' | 'expected' | 'received'>;

const MAX_RECEIVED = 120;

/** `[code, subject, field, received, expected, consequence]` as one comparable string: the identity of a problem. */
export const problemKey = (problem: Problem): string =>
  JSON.stringify([
    problem.code,
    problem.subject,
    problem.field,
    problem.received,
    problem.expected,
    problem.consequence,
  ]);

/** `error` or `warning`, as the catalogue says. */
export const severityOf = (problem: Problem): 'error' | 'warning' => problemCatalogue[problem.code].severity;

/** Control characters, ends of lines, and marks that hide the text around them or turn it round. */
const UNPRINTABLE = /[\p{C}\u2028\u2029]/gu;

/** Text of a user without what would act on a terminal or end a line of a log. */
export const escapeUnprintable = (text: string): string =>
  text.replaceAll(UNPRINTABLE, (char) =>
    char
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );

/** Text of a user made safe for one line of a log or terminal: JSON escapes, at most 120 characters. */
export const quoteReceived = (text: string): string => {
  const short = text.length > MAX_RECEIVED ? `${text.slice(0, MAX_RECEIVED)}…` : text;
  return escapeUnprintable(JSON.stringify(short));
};

/** One sentence: where, what was expected, what was received, what is done instead. */
export const formatProblem = (problem: Problem): string => {
  const { kind, namespace, name } = refParts(problem.subject);
  const object = namespace === '' ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
  const where = problem.field.length === 0 ? object : `${object} ${formatField(problem.field)}`;
  const got = problem.received === undefined ? '' : `, got ${quoteReceived(problem.received)}`;
  return escapeUnprintable(`${where}: expected ${problem.expected}${got}; ${problem.consequence}`);
};
