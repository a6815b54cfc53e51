import { addressOf, portNumberOf } from './decode-network.ts';
import { booleanOf, child, itemsOf, textOf, type Field } from './field.ts';
import type { Endpoint, EndpointSlice, ObjectMeta } from './resources.ts';

const SERVICE_LABEL = 'kubernetes.io/service-name';

const endpointOf = (field: Field): Endpoint => {
  const conditions = child(field, 'conditions');
  const addresses = itemsOf(child(field, 'addresses'), 'the endpoint has no addresses');
  return {
    addresses: addresses.map(addressOf).filter((address) => address !== undefined),
    ready: booleanOf(child(conditions, 'ready')),
    serving: booleanOf(child(conditions, 'serving')),
    terminating: booleanOf(child(conditions, 'terminating')),
  };
};

/** Decodes a port of an EndpointSlice or of a subset of Endpoints, which look alike. */
export const endpointPortOf = (field: Field): EndpointSlice['ports'][number] => ({
  name: textOf(child(field, 'name'), 'the port has no name') ?? '',
  port: portNumberOf(child(field, 'port'), 'the port is left out'),
  protocol: textOf(child(field, 'protocol'), 'using TCP (default)') || 'TCP',
});

/** Decodes an EndpointSlice of discovery.k8s.io/v1 or v1beta1, which agree in what Portico reads. */
export const decodeEndpointSlice = (root: Field, meta: ObjectMeta): EndpointSlice => ({
  ...meta,
  service: meta.labels[SERVICE_LABEL] ?? '',
  addressType: textOf(child(root, 'addressType'), 'the slice has no address type') ?? '',
  ports: itemsOf(child(root, 'ports'), 'the slice has no ports').map(endpointPortOf),
  endpoints: itemsOf(child(root, 'endpoints'), 'the slice has no endpoints').map(endpointOf),
});
