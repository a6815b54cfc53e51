import type { References } from '../annotations/references.ts';
import type { ClusterState } from '../cluster/cluster-state.ts';
import type { Refusal } from '../problems/problem.ts';
import type { WorkerFile } from '../protocol/generation.ts';
import { compareText } from '../values/compare.ts';
import { sha256 } from '../values/digest.ts';
import { objectRef, type ObjectRef } from '../values/object-ref.ts';
import { fail, ok, type Result } from '../values/result.ts';

/** Files that workers open, collected while locations are compiled. */
export class WorkerFiles {
  readonly #folder: string;
  readonly #files = new Map<string, WorkerFile>();
  /** A thousand locations may name one file of a megabyte. */
  readonly #names = new Map<WorkerFile['content'], string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Registers a file by its content; returns its absolute path. */
  readonly add: References['workerFile'] = (content) => {
    const name = this.#names.get(content) ?? sha256(content.reveal());
    this.#names.set(content, name);
    this.#files.set(name, { name, content });
    return `${this.#folder}/${name}`;
  };

  /** Every registered file, by name. */
  all(): readonly WorkerFile[] {
    return [...this.#files.values()].toSorted((a, b) => compareText(a.name, b.name));
  }
}

/** What is the same for every namespace. */
export interface World extends Pick<References, 'objection' | 'has' | 'ruleSet'> {
  readonly files: WorkerFiles;
}

/** What annotations of a namespace may refer to: its own objects, others only where the operator allows it. */
export const referencesFrom = (
  namespace: string,
  state: ClusterState,
  policy: World & { readonly crossNamespace: boolean },
): References => {
  const find = <T>(
    kind: 'Secret' | 'ConfigMap',
    reference: string,
    objects: ReadonlyMap<ObjectRef, T>,
  ): Result<T, Refusal> => {
    const [first = '', second] = reference.split('/');
    const [owner, name] = second === undefined ? [namespace, first] : [first, second];
    if (owner !== namespace && !policy.crossNamespace) {
      const expected = `a ${kind} of the same namespace (allow-cross-namespace-resources is false)`;
      return fail({ code: 'InvalidSecurityAnnotation', expected });
    }
    const found = objects.get(objectRef(kind, owner, name));
    return found === undefined ? fail({ code: `${kind}NotFound`, expected: `an existing ${kind}` }) : ok(found);
  };
  return {
    workerFile: policy.files.add,
    objection: policy.objection,
    has: policy.has,
    ruleSet: policy.ruleSet,
    hasService: (name) => state.services.has(objectRef('Service', namespace, name)),
    secret: (reference) => find('Secret', reference, state.secrets),
    configMap: (reference) => find('ConfigMap', reference, state.configMaps),
  };
};
