import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plan } from '../../src/plan/plan.ts';
import { tenant, type RawObject } from '../support/hostile-cluster.ts';
import { hostileFields, type HostileField } from '../support/hostile-fields.ts';
import { startNeighbours, VISITED, type Neighbours, type Visit } from '../support/hostile-neighbours.ts';
import { hostileStrings, hostileValues, namedGroups, nginxVariables } from '../support/hostile-strings.ts';
import { configText } from '../support/hostile-tree.ts';
import { testOptions } from '../support/plan-options.ts';

let neighbours: Neighbours;
let undisturbed: readonly Visit[];
let corpus: readonly unknown[];

/** What defines most of our variables. */
const forwarding = { 'use-forwarded-headers': 'true', 'compute-full-forwarded-for': 'true' };

/** Every variable that a configuration of ours defines. */
const ourVariables = (): readonly string[] => {
  const texts = [{}, forwarding].map((settings) => configText(plan(neighbours.stateWith([], settings), testOptions())));
  const defined = [...texts.join('\n').matchAll(/^ *(?:map|geo) (?:\S+ )?\$(\w+) \{|^ *set \$(\w+) |\(\?<(pt_\w+)>/gm)];
  return [...new Set(defined.map(([, mapped, set, group]) => mapped ?? set ?? group ?? ''))];
};

const tenants = (field: HostileField): readonly RawObject[] =>
  corpus.flatMap((value, index) => tenant(`m${index}`, field.wish(value)));

beforeAll(async () => {
  neighbours = await startNeighbours();
  corpus = [...hostileStrings, ...hostileValues, ...namedGroups([...ourVariables(), ...nginxVariables])];
  undisturbed = (await neighbours.serve(neighbours.stateWith([]))).visits;
});
afterAll(() => neighbours.close());

describe('with every hostile text in this field of a tenant, neighbours are served as before:', () => {
  it.each(hostileFields)('$name', async (field) => {
    const { objections, visits } = await neighbours.serve(neighbours.stateWith(tenants(field)));
    expect(objections).toEqual([]);
    expect(visits).toEqual(undisturbed);
  });
});

it('also where forwarded headers are believed', async () => {
  const believed = (await neighbours.serve(neighbours.stateWith([], forwarding))).visits;
  const paths = hostileFields.filter(({ name }) => name.startsWith('path')).flatMap(tenants);
  const { objections, visits } = await neighbours.serve(neighbours.stateWith(paths, forwarding));
  expect(objections).toEqual([]);
  expect(visits).toEqual(believed);
  expect(visits).not.toEqual(undisturbed);
});

it('the corpus has groups that are named like our variables', () => {
  const ours = ['pt_dollar', 'best_http_host', 'pt_certificate', 'proxy_upstream_name', 'pt_trusted', 'pt_1'];
  expect(ours.filter((name) => !corpus.includes(`/(?<${name}>.*)`))).toEqual([]);
});

it('the visitors of the innocent tenant get what they should', () => {
  expect(undisturbed.map(({ status }) => status)).toEqual(VISITED);
  expect(undisturbed.filter(({ headers, body }) => /"x-injected"/i.test(headers + body))).toEqual([]);
});
