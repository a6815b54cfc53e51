import type { References } from '../annotations/references.ts';
import type { ClusterState } from '../cluster/cluster-state.ts';
import type { WorkerFile } from '../protocol/generation.ts';
import { sha256 } from '../values/digest.ts';
import { objectRef } from '../values/object-ref.ts';
import { fail, ok } from '../values/result.ts';

/** Files that workers open, collected while locations are compiled. */
export class WorkerFiles {
  readonly #folder: string;
  readonly #files = new Map<string, WorkerFile>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Registers a file by its content; returns its absolute path. */
  readonly add: References['workerFile'] = (content) => {
    const name = sha256(content.reveal());
    this.#files.set(name, { name, content });
    return `${this.#folder}/${name}`;
  };

  /** Every registered file, by name. */
  all(): readonly WorkerFile[] {
    return [...this.#files.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }
}

/** What annotations of a namespace may refer to: its own objects, others only where the operator allows it. */
export const referencesFrom = (
  namespace: string,
  state: ClusterState,
  policy: { readonly crossNamespace: boolean; readonly files: WorkerFiles },
): References => ({
  workerFile: policy.files.add,
  hasService: (name) => state.services.has(objectRef('Service', namespace, name)),
  secret(reference) {
    const [first = '', second] = reference.split('/');
    const [owner, name] = second === undefined ? [namespace, first] : [first, second];
    if (owner !== namespace && !policy.crossNamespace) {
      return fail({
        missing: false,
        expected: 'a Secret of the same namespace (allow-cross-namespace-resources is false)',
      });
    }
    const secret = state.secrets.get(objectRef('Secret', owner, name));
    return secret === undefined ? fail({ missing: true, expected: 'an existing Secret' }) : ok(secret);
  },
});
