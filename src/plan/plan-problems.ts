import type { Finding } from '../annotations/define.ts';
import type { Problem } from '../problems/problem.ts';
import type { FieldPath } from '../values/field-path.ts';
import type { ObjectRef } from '../values/object-ref.ts';
import type { PlanOptions } from './options.ts';

/** What stands instead of a route that is closed. */
export const CLOSED = 'its routes answer 503';

const OPEN = 'its routes are served without it (--security-mismatch=report)';

/** What becomes of routes that ask for a protection they cannot have. */
export const whenUnprotected = ({ securityMismatch }: Pick<PlanOptions, 'securityMismatch'>): string =>
  securityMismatch === 'close' ? CLOSED : OPEN;

/** A finding about an annotation or key as a Problem of the object that holds it. */
export const findingProblem = (subject: ObjectRef, field: FieldPath, finding: Finding): Problem => ({
  code: finding.code,
  subject,
  field,
  expected: finding.expected,
  consequence: finding.consequence ?? (finding.closes ? CLOSED : 'ignoring it'),
  ...(finding.received === undefined ? {} : { received: finding.received }),
});
