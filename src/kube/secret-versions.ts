import { decodeObject } from '../cluster/decode.ts';
import type { ObjectRef } from '../values/object-ref.ts';
import type { Change, Store } from './object-store.ts';

/** Which Secrets there are, and in which version; their content stays with the API server. */
export class SecretVersions implements Store {
  readonly #isNamed: (ref: ObjectRef) => boolean;
  readonly #versions = new Map<ObjectRef, string>();

  /** `isNamed`: whether a change of this Secret is news to anybody. */
  constructor(isNamed: (ref: ObjectRef) => boolean) {
    this.#isNamed = isNamed;
  }

  get versions(): ReadonlyMap<ObjectRef, string> {
    return this.#versions;
  }

  put(value: unknown): Change {
    const ref = refOf(value);
    const version = versionOf(value);
    if (ref === undefined || this.#versions.get(ref) === version) return 'none';
    this.#versions.set(ref, version);
    return this.#isNamed(ref) ? 'all' : 'none';
  }

  remove(value: unknown): Change {
    const ref = refOf(value);
    if (ref === undefined || !this.#versions.delete(ref)) return 'none';
    return this.#isNamed(ref) ? 'all' : 'none';
  }
}

/** The version of an object, as the API server wrote it. */
export const versionOf = (value: unknown): string =>
  (value as { readonly metadata?: { readonly resourceVersion?: string } }).metadata?.resourceVersion ?? '';

const refOf = (value: unknown): ObjectRef | undefined => {
  const decoded = decodeObject(value);
  return decoded.outcome === 'object' && decoded.object.kind === 'Secret' ? decoded.object.resource.ref : undefined;
};
