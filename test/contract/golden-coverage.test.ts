import { describe, expect, test } from 'vitest';
import type { Family, KeySpec } from '../../src/annotations/define.ts';
import { families } from '../../src/annotations/index.ts';
import { CLOSED } from '../../src/plan/plan-problems.ts';
import { plan } from '../../src/plan/plan.ts';
import { goldenCases, type GoldenCase } from '../support/golden-cases.ts';

type Source = 'annotation' | 'ConfigMap';
/** What a golden case shows of a value: it is taken, reported, or closes the routes. */
type Verdict = 'taken' | 'refused' | 'closes';

const shownIn = ({ name, state, options }: GoldenCase): readonly string[] => {
  const [family] = name.split('/');
  const { problems } = plan(state, options);
  const say = (source: Source, subject: string, [key, text]: readonly [string, string]): readonly string[] => {
    const found = problems.filter((one) => one.subject === subject && one.field.at(-1) === key);
    const verdict = found.length === 0 ? 'taken' : 'refused';
    const closes = found.some((one) => one.consequence === CLOSED) ? ['closes'] : [];
    const short = key.replace(`${options.annotationsPrefix}/`, '');
    return [verdict, ...closes, ...(text.trim() === '' ? ['empty'] : [])].map(
      (one) => `${family} ${source} ${short} ${one}`,
    );
  };
  const annotated = [...state.ingresses.values()].flatMap(({ ref, annotations }) =>
    Object.entries(annotations).flatMap((entry) => say('annotation', ref, entry)),
  );
  const configured = [...state.configMaps.values()].flatMap(({ ref, data }) =>
    Object.entries(data).flatMap((entry) => say('ConfigMap', ref, entry)),
  );
  return [...annotated, ...configured];
};

const shown = new Set(goldenCases().flatMap(shownIn));

const wanted = (source: Source, spec: KeySpec): readonly (Verdict | 'empty')[] => {
  if (source === 'ConfigMap') return ['taken', 'refused'];
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
    const inConfigMap = { family: family.name, source: 'ConfigMap' as const, name: spec.configMapKey ?? key, spec };
    return [...(spec.source === 'configmap' ? [] : names), ...(spec.source === 'annotation' ? [] : [inConfigMap])];
  }),
);

describe('the golden cases of a family show', () => {
  test.each(keys)('$source $name, right and wrong', ({ family, source, name, spec }) => {
    const missing = wanted(source, spec).filter((verdict) => !shown.has(`${family} ${source} ${name} ${verdict}`));
    expect(missing).toEqual([]);
  });
});
