import type { ProblemCode } from '../problems/catalogue.ts';
import type { Refusal } from '../problems/problem.ts';
import { fail, type Result } from '../values/result.ts';
import type { Finding } from './define.ts';

/** What `read` makes of an object that an annotation refers to; what it refuses gets this code. */
export const readAs = <From, To>(
  found: Result<From, Refusal>,
  code: ProblemCode,
  read: (object: From) => Result<To>,
): Result<To, Refusal> => {
  if (!found.ok) return found;
  const value = read(found.value);
  return value.ok ? value : fail({ code, expected: value.error });
};

/** What to say of an annotation whose object cannot be used: its routes are closed. */
export const closingFindings = (key: string, reference: string, found: Result<unknown, Refusal>): readonly Finding[] =>
  found.ok ? [] : [{ key, received: reference, closes: true, ...found.error }];
