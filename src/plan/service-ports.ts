import type { ClusterState } from '../cluster/cluster-state.ts';
import type { EndpointSlice, Service, ServicePort } from '../cluster/resources.ts';
import type { Backend, Transport } from '../model/routing-model.ts';
import type { Refusal } from '../problems/problem.ts';
import { compareText } from '../values/compare.ts';
import { objectRef } from '../values/object-ref.ts';
import { fail, ok, type Result } from '../values/result.ts';

/** Slices by `namespace/service`. */
export type SliceIndex = ReadonlyMap<string, readonly EndpointSlice[]>;

/** Groups all slices by the Service that they belong to, in the order of their names. */
export const indexSlices = (state: ClusterState): SliceIndex => {
  const slices = [...state.endpointSlices.values()].toSorted((a, b) => compareText(a.ref, b.ref));
  return Map.groupBy(slices, (slice) => `${slice.namespace}/${slice.service}`);
};

/** A port of a Service that exists. */
export type FoundPort = Pick<Backend, 'port' | 'targetPorts' | 'external'> & {
  readonly service: Service;
  /** No pod says on which ports it listens. */
  readonly hasNoPods: boolean;
};

/** A port as somebody writes it. */
interface Wanted {
  /** The number of a URL, or text. */
  readonly wanted: number | string;
  /** Bytes are to be passed on over this transport. */
  readonly stream?: Transport;
  /** Names that only DNS knows are not served. */
  readonly disableExternalNames: boolean;
}

const fits = ({ port, name, targetPort }: ServicePort, { wanted, stream }: Wanted): boolean =>
  typeof wanted === 'number'
    ? port === wanted
    : [String(port), name, ...(stream === undefined ? [String(targetPort ?? '')] : [])].includes(wanted);

/**
 * Text means a Service port by its number, its name, or the text of its target port: the first that fits. Where bytes
 * are passed on, the target port does not count.
 */
const findPort = (service: Service, asked: Wanted): ServicePort | undefined =>
  service.ports.filter((port) => port.protocol === (asked.stream ?? 'TCP')).find((port) => fits(port, asked));

/**
 * Port numbers of a slice's pods for a Service port: those with its name, all of them where it has no name, and failing
 * that its numeric target port.
 */
export const slicePorts = (slice: EndpointSlice, port: ServicePort): readonly number[] => {
  const meant = slice.ports.filter(
    (one) => one.protocol === port.protocol && (port.name === '' || one.name === port.name),
  );
  const numbers = meant.flatMap((one) => (one.port === undefined ? [] : [one.port]));
  if (numbers.length > 0) return numbers;
  return typeof port.targetPort === 'number' ? [port.targetPort] : [];
};

const portsOfPods = (
  slices: readonly EndpointSlice[],
  port: ServicePort,
): Pick<FoundPort, 'targetPorts' | 'hasNoPods'> => {
  const found = [...new Set(slices.flatMap((slice) => slicePorts(slice, port)))].toSorted((a, b) => a - b);
  if (found.length > 0)
    return { targetPorts: found, hasNoPods: slices.every(({ endpoints }) => endpoints.length === 0) };
  return { targetPorts: [typeof port.targetPort === 'number' ? port.targetPort : port.port], hasNoPods: true };
};

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;

/** Whether it is a name that only DNS knows, and not the machine itself. */
export const isExternalName = (host: string): boolean =>
  HOST_NAME.test(host) && host !== 'localhost' && !host.endsWith('.localhost');

const externalBackend = (service: Service, asked: Wanted): Result<FoundPort, Refusal> => {
  if (asked.disableExternalNames) {
    return fail({
      code: 'InvalidBackend',
      expected: 'a Service of another type than ExternalName, because of --disable-svc-external-name',
      received: `${service.namespace}/${service.name}`,
    });
  }
  const host = service.externalName.toLowerCase().replace(/\.$/, '');
  if (!isExternalName(host)) {
    return fail({
      code: 'InvalidBackend',
      expected: 'an ExternalName that is a DNS name',
      received: service.externalName,
    });
  }
  const number = findPort(service, asked)?.port ?? Number(asked.wanted);
  if (!Number.isInteger(number) || number < 1 || number > 65_535) {
    return fail({
      code: 'ServicePortNotFound',
      expected: `a port of Service ${service.namespace}/${service.name}`,
      received: String(asked.wanted),
    });
  }
  return ok({ service, port: String(number), targetPorts: [number], hasNoPods: false, external: host });
};

/** The Service port that somebody names by number, name or target port, or why there is none. */
export const findServicePort = (
  state: ClusterState,
  index: SliceIndex,
  { namespace, name, ...asked }: Wanted & { readonly namespace: string; readonly name: string },
): Result<FoundPort, Refusal> => {
  const service = state.services.get(objectRef('Service', namespace, name));
  if (service === undefined)
    return fail({ code: 'ServiceNotFound', expected: 'an existing Service', received: `${namespace}/${name}` });
  if (service.type === 'ExternalName') return externalBackend(service, asked);
  const port = findPort(service, asked);
  if (port === undefined) {
    return fail({
      code: 'ServicePortNotFound',
      expected: `a ${asked.stream ?? 'TCP'} port of Service ${namespace}/${name}`,
      received: String(asked.wanted),
    });
  }
  const slices = index.get(`${namespace}/${name}`) ?? [];
  return ok({ service, port: String(port.port), ...portsOfPods(slices, port) });
};
