import type { Secret } from '../cluster/resources.ts';
import type { Redacted } from '../values/redacted.ts';
import type { Result } from '../values/result.ts';

/** The objects that an annotation may name, seen from the namespace of its Ingress. */
export interface References {
  /** `name` or `namespace/name`; the error completes "expected …" and says whether it is missing or forbidden. */
  secret(reference: string): Result<Secret, { readonly missing: boolean; readonly expected: string }>;
  /** Whether the namespace has a Service of this name. */
  hasService(name: string): boolean;
  /** Registers a file that workers read; returns its absolute path. */
  workerFile(content: Redacted): string;
}
