import type { ClusterState } from '../cluster/cluster-state.ts';
import type { Endpoint, EndpointSlice, ServicePort } from '../cluster/resources.ts';
import type { Backend } from '../model/routing-model.ts';
import { ENDPOINT_SUFFIX, type NameAnswer } from '../protocol/messages.ts';
import { ipFamily } from '../values/ip-family.ts';
import { refParts } from '../values/object-ref.ts';
import { indexSlices, slicePorts, type SliceIndex } from './backends.ts';
import { slotAddress } from './slots.ts';

/** The DNS names that NGINX asks for the pods of a backend that listen on this target port: one, or one a slot. */
export const endpointNames = ({ id, slots }: Backend, targetPort: number): readonly string[] => {
  const name = `p${targetPort}.${id}${ENDPOINT_SUFFIX}`;
  return slots === undefined ? [name] : Array.from({ length: slots }, (_, slot) => `s${slot}.${name}`);
};

/** Ready, or without a word about it: terminating pods that still serve are not used, as in ingress-nginx. */
const isReady = (endpoint: Endpoint): boolean => endpoint.ready !== false;

const addressesOf = (slices: readonly EndpointSlice[], port: ServicePort, targetPort: number): readonly string[] => {
  const matching = slices.filter((slice) => slicePorts(slice, port).includes(targetPort));
  const addresses = matching.flatMap((slice) => slice.endpoints.filter(isReady).flatMap((one) => one.addresses));
  return [...new Set(addresses)].toSorted();
};

const answersOf = (
  backend: Backend,
  state: ClusterState,
  slices: SliceIndex,
): readonly (readonly [string, NameAnswer])[] => {
  const { namespace, name } = refParts(backend.service);
  const port = state.services
    .get(backend.service)
    ?.ports.find((one) => one.protocol === 'TCP' && String(one.port) === backend.port);
  return backend.targetPorts.flatMap((targetPort): (readonly [string, NameAnswer])[] => {
    const { external, clusterIp } = backend;
    const dnsNames = endpointNames(backend, targetPort);
    if (external !== undefined) return dnsNames.map((dnsName) => [dnsName, { external }] as const);
    const pods = port === undefined ? [] : addressesOf(slices.get(`${namespace}/${name}`) ?? [], port, targetPort);
    const addresses = clusterIp === undefined ? pods : [clusterIp];
    return dnsNames.map((dnsName, slot) => {
      const own = backend.slots === undefined ? addresses : ofSlot(slot, addresses);
      const ofFamily = (family: 4 | 6): readonly string[] => own.filter((one) => ipFamily(one) === family);
      return [dnsName, { ipv4: ofFamily(4), ipv6: ofFamily(6) }] as const;
    });
  });
};

const ofSlot = (slot: number, addresses: readonly string[]): readonly string[] => {
  const address = slotAddress(slot, addresses);
  return address === undefined ? [] : [address];
};

/** What each endpoint name of the planned backends answers now. Costs nothing but these Services; never needs a plan. */
export const endpoints = (state: ClusterState, backends: readonly Backend[]): Readonly<Record<string, NameAnswer>> => {
  const slices = indexSlices(state);
  return Object.fromEntries(backends.flatMap((backend) => answersOf(backend, state, slices)));
};
