import { objectRef } from '../values/object-ref.ts';
import { endpointPortOf } from './decode-endpoint-slice.ts';
import { addressOf } from './decode-network.ts';
import type { Endpoints } from './decoded-object.ts';
import { child, itemsOf, type Field } from './field.ts';
import type { Endpoint, EndpointSlice, ObjectMeta } from './resources.ts';

type SubsetSlice = Pick<EndpointSlice, 'addressType' | 'ports' | 'endpoints'>;

const endpointsOf = (subset: Field, key: string, ready: boolean): readonly Endpoint[] =>
  itemsOf(child(subset, key), 'the subset has no addresses').flatMap((field) => {
    const ip = addressOf(child(field, 'ip'));
    return ip === undefined ? [] : [{ addresses: [ip], ready, serving: ready, terminating: false }];
  });

/** One slice for each address family of a subset, because a slice has one. */
const slicesOf = (subset: Field): readonly SubsetSlice[] => {
  const ports = itemsOf(child(subset, 'ports'), 'the subset has no ports').map(endpointPortOf);
  const all = [...endpointsOf(subset, 'addresses', true), ...endpointsOf(subset, 'notReadyAddresses', false)];
  const families = Object.entries(
    Object.groupBy(all, ({ addresses: [ip = ''] }) => (ip.includes(':') ? 'IPv6' : 'IPv4')),
  );
  return families.map(([addressType, endpoints]) => ({ addressType, ports, endpoints }));
};

/** Decodes legacy Endpoints into the slices that Kubernetes would mirror them into. */
export const decodeEndpoints = (root: Field, meta: ObjectMeta): Endpoints => {
  const slices = itemsOf(child(root, 'subsets'), 'the Service has no endpoints').flatMap(slicesOf);
  return {
    ...meta,
    slices: slices.map((slice, index) => {
      const name = `${meta.name}-endpoints-${index}`;
      return { ...meta, ...slice, name, ref: objectRef('EndpointSlice', meta.namespace, name), service: meta.name };
    }),
  };
};
