import { describe, expect, test } from 'vitest';
import type { Family, KeySpec } from '../../src/annotations/define.ts';
import { families } from '../../src/annotations/index.ts';
import { shownKeys, type ShownKey, type Source } from '../support/shown-keys.ts';

/** What a golden case shows of a value: it is taken, reported, or closes the routes; and perhaps that it is empty. */
type Verdict = 'taken' | 'refused' | 'closes' | 'empty';

const verdictsOf = ({ outcome, text }: ShownKey): readonly Verdict[] => [
  outcome,
  ...(outcome === 'closes' ? ['refused' as const] : []),
  ...(text.trim() === '' ? ['empty' as const] : []),
];

const shown = new Set(
  shownKeys().flatMap((one) =>
    verdictsOf(one).map((verdict) => `${one.golden.name.split('/')[0]} ${one.source} ${one.key} ${verdict}`),
  ),
);

const wanted = (source: Source, spec: KeySpec): readonly Verdict[] => {
  if (source === 'configmap') return ['taken', 'refused'];
  return spec.onInvalid === 'close' ? ['taken', 'closes', 'empty'] : ['taken', 'refused'];
};

const registry: readonly Family[] = families;
const keys = registry.flatMap((family) =>
  Object.entries(family.keys).flatMap(([key, spec]) => {
    const names = [key, ...(spec.aliases ?? [])].map((name) => ({
      family: family.name,
      source: 'annotation' as const,
      name,
      spec,
    }));
    const inConfigMap = { family: family.name, source: 'configmap' as const, name: spec.configMapKey ?? key, spec };
    return [...(spec.source === 'configmap' ? [] : names), ...(spec.source === 'annotation' ? [] : [inConfigMap])];
  }),
);

describe('the golden cases of a family show', () => {
  test.each(keys)('$source $name, right and wrong', ({ family, source, name, spec }) => {
    const missing = wanted(source, spec).filter((verdict) => !shown.has(`${family} ${source} ${name} ${verdict}`));
    expect(missing).toEqual([]);
  });
});
