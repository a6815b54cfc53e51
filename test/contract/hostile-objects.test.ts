import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { plan, type Plan } from '../../src/plan/plan.ts';
import { makeCertificate } from '../support/certificates.ts';
import {
  innocents,
  installation,
  stateOfObjects,
  tenant,
  wishFields,
  type RawObject,
} from '../support/hostile-cluster.ts';
import { hostileFields } from '../support/hostile-fields.ts';
import { sideEffects, unsound } from '../support/hostile-laws.ts';
import { hostileStrings, hostileValues } from '../support/hostile-strings.ts';
import { testOptions } from '../support/plan-options.ts';

let innocent: readonly RawObject[];

beforeAll(async () => {
  const certificate = await makeCertificate({ names: ['shop.example'] });
  innocent = innocents({ address: '10.0.0.1', port: 8080, certificate });
});

const planOf = (objects: readonly unknown[], endpoints: 'dns' | 'reload' = 'dns'): Plan =>
  plan(stateOfObjects([...installation(), ...innocent, ...objects]), { ...testOptions(), endpoints });

const codesOf = ({ problems }: Plan): readonly string[] => problems.map((problem) => problem.code);

describe('a value of the wrong kind', () => {
  test.each(wishFields)('in %s costs nobody else anything', (field) => {
    for (const endpoints of ['dns', 'reload'] as const) {
      const harmless = planOf(tenant('m0'), endpoints);
      const hostile = planOf(
        hostileValues.flatMap((value, index) => tenant(`m${index}`, { [field]: value })),
        endpoints,
      );
      expect(endpoints === 'dns' ? unsound(hostile) : []).toEqual([]);
      expect(sideEffects(harmless, hostile)).toEqual([]);
    }
  });

  test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
    'as pathType, %s, is no path type',
    (pathType) => {
      expect(codesOf(planOf(tenant('m0', { pathType })))).toContain('InvalidPath');
    },
  );
});

/** What means something to NGINX, to PCRE2 or to us. */
const syntax = '"\'\\${};#/()[]?*|<>!=~^ \n\ra1.'.split('');

describe('whatever tenants write into all fields at once', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.string({ unit: fc.constantFrom(...syntax), maxLength: 40 }).map((text) => `/${text}`),
    fc.constantFrom(...hostileStrings),
    fc.tuple(fc.constantFrom(...hostileStrings), fc.constantFrom(...hostileStrings)).map((texts) => texts.join('')),
  );
  const texts = fc.array(anything, { minLength: hostileFields.length, maxLength: hostileFields.length });

  test('the configuration stays sound and innocent tenants untouched', () => {
    const harmless = planOf(tenant('m0'));
    fc.assert(
      fc.property(texts, (values) => {
        const objects = hostileFields.flatMap((field, index) => tenant(`m${index}`, field.wish(values[index])));
        const hostile = planOf(objects);
        expect(unsound(hostile)).toEqual([]);
        expect(sideEffects(harmless, hostile)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  }, 60_000);
});
