import type { ConfigMap, Secret } from '../cluster/resources.ts';
import type { Redacted } from '../values/redacted.ts';
import type { Result } from '../values/result.ts';

/** Why an object cannot be used. */
export interface ReferenceRefusal {
  /** It does not exist; otherwise it is forbidden. */
  readonly missing: boolean;
  /** Completes "expected …". */
  readonly expected: string;
}

/** The objects that an annotation may name, seen from the namespace of its Ingress. */
export interface References {
  /** `name` or `namespace/name`. */
  secret(reference: string): Result<Secret, ReferenceRefusal>;
  /** `name` or `namespace/name`. */
  configMap(reference: string): Result<ConfigMap, ReferenceRefusal>;
  /** Whether the namespace has a Service of this name. */
  hasService(name: string): boolean;
  /** Registers a file that workers read; returns its absolute path. */
  workerFile(content: Redacted): string;
}
