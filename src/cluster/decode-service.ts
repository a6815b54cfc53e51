import { child, integerOf, itemsOf, reject, textOf, type Field } from './field.ts';
import type { ObjectMeta, Service, ServicePort } from './resources.ts';

const portOf = (field: Field): ServicePort | undefined => {
  const port = integerOf(child(field, 'port'));
  if (port === undefined) {
    reject(child(field, 'port'), 'a port number', 'the port is left out');
    return undefined;
  }
  const target = child(field, 'targetPort');
  const protocol = textOf(child(field, 'protocol'), 'using TCP (default)');
  return {
    name: textOf(child(field, 'name'), 'the port has no name') ?? '',
    port,
    targetPort: integerOf(target) ?? (textOf(target, 'using the port itself') || undefined),
    protocol: protocol || 'TCP',
  };
};

/** Decodes a Service; a port without a number is left out. */
export const decodeService = (root: Field, meta: ObjectMeta): Service => {
  const spec = child(root, 'spec');
  const ports = itemsOf(child(spec, 'ports'), 'the Service has no ports');
  return {
    ...meta,
    type: textOf(child(spec, 'type'), 'using ClusterIP (default)') || 'ClusterIP',
    clusterIP: textOf(child(spec, 'clusterIP'), 'the Service has no address') ?? '',
    externalName: textOf(child(spec, 'externalName'), 'the Service has no endpoints') ?? '',
    ports: ports.map(portOf).filter((port) => port !== undefined),
  };
};
