import { beforeAll, describe, expect, test } from 'vitest';
import { plan, type Plan } from '../../src/plan/plan.ts';
import { makeCertificate } from '../support/certificates.ts';
import {
  innocents,
  installation,
  prefixed,
  stateOfObjects,
  tenant,
  type RawObject,
} from '../support/hostile-cluster.ts';
import { hostileFields, type HostileField } from '../support/hostile-fields.ts';
import { shapesOf, sideEffects, unsound } from '../support/hostile-laws.ts';
import { hostileStrings, namedGroups, nginxVariables } from '../support/hostile-strings.ts';
import { testOptions } from '../support/plan-options.ts';

const options = testOptions();
let innocent: readonly RawObject[];

const planOf = (objects: readonly unknown[]): Plan =>
  plan(stateOfObjects([...installation(), ...innocent, ...objects]), options);

/** One tenant for each value. */
const tenants = (field: HostileField, values: readonly unknown[]): readonly RawObject[] =>
  values.flatMap((value, index) => tenant(`m${index}`, field.wish(value)));

/** A tenant whose routes are closed. */
const closed = tenant('closed', { annotations: prefixed({ 'auth-type': 'off' }) });

beforeAll(async () => {
  const certificate = await makeCertificate({ names: ['shop.example'] });
  innocent = innocents({ address: '10.0.0.1', port: 8080, certificate });
});

describe('whatever a tenant writes into', () => {
  const clobbering = namedGroups(['pt_dollar', 'pt_1', 'best_http_host', 'proxy_upstream_name', ...nginxVariables]);

  test.each(hostileFields)('$name, it stays there', (field) => {
    const harmless = planOf([...tenants(field, field.harmless), ...closed]);
    const hostile = planOf(tenants(field, [...hostileStrings, ...clobbering]));
    const allowed = new Set(shapesOf(harmless));
    expect(unsound(hostile)).toEqual([]);
    expect([...new Set(shapesOf(hostile))].filter((shape) => !allowed.has(shape))).toEqual([]);
    expect(sideEffects(harmless, hostile)).toEqual([]);
  });
});
