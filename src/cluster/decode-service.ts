import { addressOf, PORT_NUMBER, portNumberOf } from './decode-network.ts';
import { child, itemsOf, reject, textOf, type Field } from './field.ts';
import type { ObjectMeta, Service, ServicePort } from './resources.ts';

const targetPortOf = (field: Field): ServicePort['targetPort'] => {
  const consequence = 'using the port itself';
  return typeof field.value === 'number' ? portNumberOf(field, consequence) : textOf(field, consequence) || undefined;
};

const portOf = (field: Field): ServicePort | undefined => {
  const number = child(field, 'port');
  const port = portNumberOf(number, 'the port is left out');
  if (number.value === undefined) reject(number, PORT_NUMBER, 'the port is left out');
  if (port === undefined) return undefined;
  const protocol = textOf(child(field, 'protocol'), 'using TCP (default)');
  return {
    name: textOf(child(field, 'name'), 'the port has no name') ?? '',
    port,
    targetPort: targetPortOf(child(field, 'targetPort')),
    protocol: protocol || 'TCP',
  };
};

const clusterIpOf = (field: Field): string =>
  field.value === 'None' || field.value === '' ? field.value : (addressOf(field) ?? '');

/** Decodes a Service; a port without a number is left out. */
export const decodeService = (root: Field, meta: ObjectMeta): Service => {
  const spec = child(root, 'spec');
  const ports = itemsOf(child(spec, 'ports'), 'the Service has no ports');
  return {
    ...meta,
    type: textOf(child(spec, 'type'), 'using ClusterIP (default)') || 'ClusterIP',
    clusterIP: clusterIpOf(child(spec, 'clusterIP')),
    externalName: textOf(child(spec, 'externalName'), 'the Service has no endpoints') ?? '',
    ports: ports.map(portOf).filter((port) => port !== undefined),
  };
};
