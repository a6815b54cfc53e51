import { expect, test } from 'vitest';
import { plan } from '../../src/plan/plan.ts';
import { runtimeTable } from '../../src/plan/runtime-table.ts';
import { parseShard } from '../../src/protocol/codec.ts';
import { shardTable } from '../../src/publish/endpoint-shards.ts';
import { installation, stateOfObjects, tenant } from '../support/hostile-cluster.ts';
import { hostileFields } from '../support/hostile-fields.ts';
import { hostileStrings, hostileValues } from '../support/hostile-strings.ts';
import { testOptions } from '../support/plan-options.ts';

/** At the edge of what the API server takes for addresses and names. */
const edges = [
  [63, 63, 63, 61].map((length) => 'a'.repeat(length)).join('.'),
  `${[63, 63, 63, 61].map((length) => 'a'.repeat(length)).join('.')}.`,
  '.',
  'a..b',
  'a_b.example',
  '1.2.3.4.',
  '010.0.0.1',
  '127.1',
  '::',
  '::ffff:127.0.0.1',
  '1.2.3.4:80',
];

const reaching = /^(?:service|targetPort|slice|address|endpoints|externalName|clusterIP|legacy|host|namespace)/;

test.each(hostileFields.filter(({ name }) => reaching.test(name)))(
  'whatever a tenant writes into $name, the agent reads the table, which is that of its neighbours too',
  (field) => {
    const values = [...hostileStrings, ...hostileValues, ...edges];
    const tenants = values.flatMap((value, index) => tenant(`m${index}`, field.wish(value)));
    const state = stateOfObjects([...installation(), ...tenant('harmless'), ...tenants]);
    const { names } = runtimeTable(state, plan(state, testOptions()).model);
    expect(Object.keys(names).length).toBeGreaterThan(0);
    const unread = [...shardTable(names).values()].map(parseShard).filter((shard) => !shard.ok);
    expect(unread).toEqual([]);
  },
);
