import { describe, expect, it } from 'vitest';
import { decodeObject } from './decode.ts';
import type { DecodedObject } from './decoded-object.ts';
import { stateOf } from './state-of.ts';

const decoded = (apiVersion: string, kind: string, rest: object): DecodedObject => {
  const result = decodeObject({ apiVersion, kind, metadata: { name: 'web' }, ...rest });
  if (result.outcome !== 'object') throw new Error(`no ${kind}`);
  return result.object;
};

const endpoints = decoded('v1', 'Endpoints', { subsets: [{ addresses: [{ ip: '10.0.0.1' }] }] });
const slice = (service: string): DecodedObject =>
  decoded('discovery.k8s.io/v1', 'EndpointSlice', {
    metadata: { name: `${service}-1`, labels: { 'kubernetes.io/service-name': service } },
  });

describe('stateOf', () => {
  it('puts each object where its kind belongs', () => {
    const state = stateOf(
      [
        decoded('networking.k8s.io/v1', 'Ingress', {}),
        decoded('networking.k8s.io/v1', 'IngressClass', {}),
        decoded('v1', 'Service', {}),
        slice('web'),
        decoded('v1', 'Secret', {}),
        decoded('v1', 'ConfigMap', {}),
        decoded('v1', 'Namespace', {}),
      ],
      [],
    );
    const { problems, ...maps } = state;
    expect(problems).toEqual([]);
    expect(Object.fromEntries(Object.entries(maps).map(([name, map]) => [name, [...map.keys()]]))).toEqual({
      ingresses: ['Ingress/default/web'],
      classes: ['IngressClass//web'],
      services: ['Service/default/web'],
      endpointSlices: ['EndpointSlice/default/web-1'],
      secrets: ['Secret/default/web'],
      configMaps: ['ConfigMap/default/web'],
      namespaces: ['Namespace//web'],
    });
  });

  it('counts the first of two objects with one reference', () => {
    const [first, second] = ['1', '2'].map((value) => decoded('v1', 'ConfigMap', { data: { value } }));
    if (first === undefined || second === undefined) throw new Error('two objects');
    expect([...stateOf([first, second], []).configMaps.values()]).toEqual([first.resource]);
  });

  it('mirrors legacy Endpoints', () => {
    expect([...stateOf([endpoints], []).endpointSlices.keys()]).toEqual(['EndpointSlice/default/web-endpoints-0']);
  });

  it.each([
    ['before', [slice('web'), endpoints]],
    ['after', [endpoints, slice('web')]],
  ])('drops legacy Endpoints of a Service whose slices come %s them', (_, objects) => {
    expect([...stateOf(objects, []).endpointSlices.keys()]).toEqual(['EndpointSlice/default/web-1']);
  });

  it('keeps legacy Endpoints where only another Service has slices', () => {
    expect(stateOf([slice('other'), endpoints], []).endpointSlices.size).toBe(2);
  });
});
