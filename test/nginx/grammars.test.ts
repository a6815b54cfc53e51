import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isObjection, parseErrorLine } from '../../src/agent/error-lines.ts';
import type { Family, KeySpec } from '../../src/annotations/define.ts';
import { families } from '../../src/annotations/index.ts';
import type { ClusterState } from '../../src/cluster/cluster-state.ts';
import { acceptedValues } from '../support/accepted-values.ts';
import { goldenCases, type GoldenCase } from '../support/golden-cases.ts';
import { objectionsToCase } from '../support/replay.ts';

type Texts = Readonly<Partial<Record<string, string>>>;

const registry: readonly Family[] = families;

/** Some of these keys, each with a value that its grammar accepts. */
const someOf = (nameOf: (key: string, spec: KeySpec) => string | undefined): fc.Arbitrary<Texts> => {
  const named = registry
    .flatMap(({ keys }) => Object.entries(keys))
    .flatMap(([key, spec]) => {
      const [name, values] = [nameOf(key, spec), acceptedValues(spec.type)];
      return name === undefined || values.length === 0 ? [] : [[name, fc.constantFrom(...values)] as const];
    });
  return fc.record(Object.fromEntries(named), { requiredKeys: [] });
};

const settings = someOf((key, { source, configMapKey }) =>
  source === 'annotation' ? undefined : (configMapKey ?? key),
);

/** Protections that name what a case does not have would close its routes. */
const annotations = someOf((key, { source, onInvalid }) =>
  source === 'configmap' || onInvalid === 'close' ? undefined : `nginx.ingress.kubernetes.io/${key}`,
);

/** What NGINX has is decided by the case, and these ask for parts that ours may lack. */
const cases = goldenCases().filter(({ options }) => options.capabilities.modules === undefined);

/** A record has no key that it is asked without. */
const merged = (own: Readonly<Record<string, string>>, added: Texts): Readonly<Record<string, string>> => ({
  ...(added as Readonly<Record<string, string>>),
  ...own,
});

const withSettings = ({ state, options }: GoldenCase, data: Texts): ClusterState => {
  const changed = [...state.configMaps].map(([ref, one]) =>
    ref === options.configMap ? ([ref, { ...one, data: merged(one.data, data) }] as const) : ([ref, one] as const),
  );
  return { ...state, configMaps: new Map(changed) };
};

const withAnnotations = ({ state }: GoldenCase, added: Texts): ClusterState => ({
  ...state,
  ingresses: new Map(
    [...state.ingresses].map(([ref, one]) => [ref, { ...one, annotations: merged(one.annotations, added) }]),
  ),
});

/** What the agent would call a refusal. */
const refusalOf = async (golden: GoldenCase): Promise<readonly string[]> =>
  (await objectionsToCase(golden)).filter((line) => {
    const parsed = parseErrorLine(line);
    return parsed === undefined || isObjection(parsed);
  });

/** Each run asks NGINX once; a failure is made smaller for as long as there is time. */
const limits = { numRuns: 12, interruptAfterTimeLimit: 90_000 };

describe('what grammars accept, NGINX accepts', { timeout: 120_000 }, () => {
  const isSet = ({ state, options: { configMap } }: GoldenCase): boolean =>
    configMap !== undefined && state.configMaps.has(configMap);

  it.each([
    ['keys of the ConfigMap', settings, cases.filter(isSet), withSettings],
    ['annotations', annotations, cases, withAnnotations],
  ] as const)('in any %s together, beside those of a case', async (_, some, of, changed) => {
    const byName = new Map(of.map((golden) => [golden.name, golden]));
    const isAccepted = async (name: string, texts: Texts): Promise<void> => {
      const golden = byName.get(name);
      if (golden === undefined) throw new Error(`no case ${name}`);
      expect(await refusalOf({ ...golden, state: changed(golden, texts) })).toEqual([]);
    };
    const property = fc.asyncProperty(fc.constantFrom(...byName.keys()), some, isAccepted);
    await fc.assert(property, limits);
  });
});
