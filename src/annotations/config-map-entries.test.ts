import { expect, it } from 'vitest';
import type { ConfigMap } from '../cluster/resources.ts';
import { stateOfObjects } from '../../test/support/hostile-cluster.ts';
import { entriesOf } from './config-map-entries.ts';

const configMap = (data: Readonly<Record<string, string>>): ConfigMap => {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'a', name: 'b' }, data };
  const [found] = [...stateOfObjects([object]).configMaps.values()];
  if (found === undefined) throw new Error('no ConfigMap');
  return found;
};

const many = (count: number, text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [String(index).padStart(3, '0'), text]));

it('gives entries in the order of their keys', () => {
  expect(entriesOf(configMap({ b: '1', a: '2' }))).toEqual({
    ok: true,
    value: [
      ['a', '2'],
      ['b', '1'],
    ],
  });
});

it.each([
  ['100 entries', many(100, 'a'), true],
  ['101 entries', many(101, 'a'), false],
  ['8,000 characters', many(80, 'a'.repeat(97)), true],
  ['more characters', { ...many(79, 'a'.repeat(97)), key: 'a'.repeat(98) }, false],
])('of %s', (_, data, fits) => expect(entriesOf(configMap(data)).ok).toBe(fits));
