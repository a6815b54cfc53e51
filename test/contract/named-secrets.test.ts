import { expect, test } from 'vitest';
import { namedSecrets } from '../../src/cluster/named-secrets.ts';
import type { Secret } from '../../src/cluster/resources.ts';
import { plan } from '../../src/plan/plan.ts';
import { runtimeTable } from '../../src/plan/runtime-table.ts';
import type { ObjectRef } from '../../src/values/object-ref.ts';
import { goldenCases } from '../support/golden-cases.ts';

/** Remembers what was asked for and was there. */
class AskedFor extends Map<ObjectRef, Secret> {
  readonly found = new Set<ObjectRef>();

  override get(ref: ObjectRef): Secret | undefined {
    const secret = super.get(ref);
    if (secret !== undefined) this.found.add(ref);
    return secret;
  }
}

/** Secrets that only flags name are read without being asked for here. */
const ofFlags = ({ defaultSslCertificate }: { readonly defaultSslCertificate?: ObjectRef }): readonly ObjectRef[] =>
  defaultSslCertificate === undefined ? [] : [defaultSslCertificate];

const cases = goldenCases().filter(({ state }) => state.secrets.size > 0);

const found = ({ state, options }: (typeof cases)[number]): ReadonlySet<ObjectRef> => {
  const secrets = new AskedFor(state.secrets);
  const { model } = plan({ ...state, secrets }, options);
  runtimeTable({ ...state, secrets }, model);
  return secrets.found;
};

test.each(cases)('the Secrets that the plan of $name needs are among those that its objects name', (one) => {
  const { ingresses, configMaps } = one.state;
  const named = new Set([...namedSecrets(ingresses.values(), configMaps.values()), ...ofFlags(one.options)]);
  expect([...found(one)].filter((ref) => !named.has(ref))).toEqual([]);
});

test('most cases with Secrets need one', () => {
  expect(cases.filter((one) => found(one).size > 0).length).toBeGreaterThan(cases.length / 2);
});
