import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ClusterState } from '../../src/cluster/cluster-state.ts';
import type { PlanOptions } from '../../src/plan/options.ts';
import { plan } from '../../src/plan/plan.ts';
import { runtimeTable } from '../../src/plan/runtime-table.ts';
import { makeCertificate } from '../support/certificates.ts';
import { goldenCases } from '../support/golden-cases.ts';
import { innocents, installation, stateOfObjects, tenant } from '../support/hostile-cluster.ts';
import { hostileFields } from '../support/hostile-fields.ts';
import { testOptions } from '../support/plan-options.ts';

/** Everything that leaves the pure part of the program, as one text. */
const outcomeOf = (state: ClusterState, options: PlanOptions): string => {
  const { generation, problems, workerFiles, model } = plan(state, options);
  const files = workerFiles.map(({ name, content }) => [name, content.reveal()]);
  const { certificates, ...table } = runtimeTable(state, model);
  const certs = certificates.map(({ name, pem }) => [name, pem?.reveal()]);
  return JSON.stringify({ generation, problems, files, table, certs });
};

type Permutation = readonly number[];

/** The entries of a map in another order; the seed says which. */
const shuffled = <K, V>(map: ReadonlyMap<K, V>, order: Permutation): ReadonlyMap<K, V> => {
  const rank = (index: number): number => order[index % order.length] ?? 0;
  const entries = [...map].map((entry, index) => ({ entry, rank: rank(index) * 1_000 + ((index * 7_919) % 1_000) }));
  return new Map(entries.toSorted((a, b) => a.rank - b.rank).map(({ entry }) => entry));
};

const permuted = (state: ClusterState, order: Permutation): ClusterState => ({
  ingresses: shuffled(state.ingresses, order),
  classes: shuffled(state.classes, order),
  services: shuffled(state.services, order),
  endpointSlices: shuffled(state.endpointSlices, order),
  secrets: shuffled(state.secrets, order),
  configMaps: shuffled(state.configMaps, order),
  namespaces: shuffled(state.namespaces, order),
  problems: [...shuffled(new Map(state.problems.entries()), order).values()],
});

const orders = fc.array(fc.nat({ max: 1_000 }), { minLength: 1, maxLength: 40 });

/** What comes out for the state itself and for some permutations of it. */
const outcomes = (state: ClusterState, options: PlanOptions, permutations: number): ReadonlySet<string> =>
  new Set(
    [state, ...fc.sample(orders, permutations).map((order) => permuted(state, order))].map((one) =>
      outcomeOf(one, options),
    ),
  );

describe('the order of the objects does not matter', () => {
  test.each(goldenCases())('in the case $name', ({ state, options }) => {
    expect(outcomes(state, options, 5).size).toBe(1);
  });

  describe('among many tenants that want the same', () => {
    let state: ClusterState;

    beforeAll(async () => {
      const certificate = await makeCertificate({ names: ['shop.example'] });
      const tenants = hostileFields.flatMap((field, index) =>
        field.harmless.flatMap((value, number) =>
          tenant(`m${index}-${number}`, { host: `h${index % 7}.example`, ...field.wish(value) }),
        ),
      );
      const innocent = innocents({ address: '10.0.0.1', port: 8080, certificate });
      state = stateOfObjects([...installation(), ...innocent, ...tenants]);
    });

    test.each(['dns', 'reload'] as const)('with endpoints by %s', (endpoints) => {
      expect(outcomes(state, { ...testOptions(), endpoints }, 15).size).toBe(1);
    });
  });
});

describe('planning twice gives the same', () => {
  test.each(goldenCases())('in the case $name', ({ state, options }) => {
    expect(outcomeOf(state, options)).toBe(outcomeOf(state, options));
  });
});
