import { CLOSED } from '../../src/plan/plan-problems.ts';
import { plan } from '../../src/plan/plan.ts';
import type { ObjectRef } from '../../src/values/object-ref.ts';
import { goldenCases, type GoldenCase } from './golden-cases.ts';

/** Where a key stands. */
export type Source = 'annotation' | 'configmap';

/** A value in a golden case, and what became of it. */
export interface ShownKey {
  readonly golden: GoldenCase;
  readonly source: Source;
  /** The Ingress or ConfigMap that holds it. */
  readonly subject: ObjectRef;
  /** Name without the prefix of annotations. */
  readonly key: string;
  readonly text: string;
  /** `taken` without a word, `refused` with a problem, or so that it `closes` routes. */
  readonly outcome: 'taken' | 'refused' | 'closes';
  /** How many problems the case has about this object, and in all. */
  readonly problems: { readonly ofObject: number; readonly ofCase: number };
}

const shownIn = (golden: GoldenCase): readonly ShownKey[] => {
  const { state, options } = golden;
  const { problems } = plan(state, options);
  const outcomeOf = (subject: ObjectRef, key: string): ShownKey['outcome'] => {
    const found = problems.filter((one) => one.subject === subject && one.field.at(-1) === key);
    if (found.length === 0) return 'taken';
    return found.some((one) => one.consequence === CLOSED) ? 'closes' : 'refused';
  };
  const shown = (
    source: Source,
    subject: ObjectRef,
    entries: Readonly<Record<string, string>>,
  ): readonly ShownKey[] => {
    const counts = {
      ofObject: problems.filter((one) => one.subject === subject).length,
      ofCase: problems.length,
    };
    return Object.entries(entries).map(([name, text]) => {
      const key = source === 'annotation' ? name.replace(`${options.annotationsPrefix}/`, '') : name;
      return { golden, source, subject, key, text, outcome: outcomeOf(subject, name), problems: counts };
    });
  };
  return [
    ...[...state.ingresses.values()].flatMap(({ ref, annotations }) => shown('annotation', ref, annotations)),
    ...[...state.configMaps.values()].flatMap(({ ref, data }) => shown('configmap', ref, data)),
  ];
};

/** Every annotation and every entry of a ConfigMap in the golden cases. */
export const shownKeys = (): readonly ShownKey[] => goldenCases().flatMap(shownIn);
