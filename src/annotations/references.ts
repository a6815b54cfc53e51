import type { ConfigMap, Secret } from '../cluster/resources.ts';
import type { Callee } from '../model/route-draft.ts';
import type { Refusal } from '../problems/problem.ts';
import type { NginxPart } from '../values/nginx-module.ts';
import type { Redacted } from '../values/redacted.ts';
import type { Result } from '../values/result.ts';

/** What an annotation may refer to, seen from the namespace of its Ingress. */
export interface References {
  /** `name` or `namespace/name`. */
  secret(reference: string): Result<Secret, Refusal>;
  /** `name` or `namespace/name`. */
  configMap(reference: string): Result<ConfigMap, Refusal>;
  /** Whether the namespace has a Service of this name. */
  hasService(name: string): boolean;
  /** Why a callee cannot be asked; nothing where it can, or where that depends on the host of a route. */
  objection(callee: Callee): Refusal | undefined;
  /** Whether NGINX has what not every NGINX has. */
  has(part: NginxPart): boolean;
  /** Where the OWASP Core Rule Set is named, if it is there. */
  readonly ruleSet: string;
  /** Registers a file that workers read; returns its absolute path. */
  workerFile(content: Redacted<string | Uint8Array>): string;
}
