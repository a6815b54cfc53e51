import { formatValue, type Family, type KeySpec } from '../../src/annotations/define.ts';
import { families } from '../../src/annotations/index.ts';
import type { Source } from '../../test/support/shown-keys.ts';

/** One name that users write. */
export interface Key {
  /** The family's name. */
  readonly family: string;
  readonly source: Source;
  readonly name: string;
  readonly spec: KeySpec;
}

/** Every family, in alphabetical order. */
export const registry: readonly Family[] = families;

/** The keys of a family that stand in one place, without further names. */
export const keysOf = (family: Family, source: Source): readonly Key[] =>
  Object.entries(family.keys)
    .filter(([, spec]) => spec.source === 'both' || spec.source === source)
    .map(([key, spec]) => ({
      family: family.name,
      source,
      name: source === 'configmap' ? (spec.configMapKey ?? key) : key,
      spec,
    }));

/** Further names of an annotation, as keys of their own. */
export const aliasesOf = (key: Key): readonly Key[] =>
  key.source === 'annotation' ? (key.spec.aliases ?? []).map((name) => ({ ...key, name })) : [];

/** The default as its owner would write it; absent where there is none. */
export const defaultText = ({ spec }: Key): string | undefined =>
  spec.default === undefined ? undefined : formatValue(spec, spec.default);
