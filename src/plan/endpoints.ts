import type { ClusterState } from '../cluster/cluster-state.ts';
import type { Endpoint, EndpointSlice, ServicePort } from '../cluster/resources.ts';
import type { Backend } from '../model/routing-model.ts';
import { ENDPOINT_SUFFIX, type NameAnswer } from '../protocol/messages.ts';
import { ipFamily } from '../values/ip-family.ts';
import { refParts } from '../values/object-ref.ts';
import { PEER_BYTES, zoneBytes } from './peer-zone.ts';
import { indexSlices, slicePorts, type SliceIndex } from './service-ports.ts';
import { slotAddresses } from './slots.ts';

/** The DNS names that NGINX asks for the pods of a backend that listen on this target port: one, or one a slot. */
export const endpointNames = ({ id, slots }: Backend, targetPort: number): readonly string[] => {
  const name = `p${targetPort}.${id}${ENDPOINT_SUFFIX}`;
  return slots === undefined ? [name] : Array.from({ length: slots.count }, (_, slot) => `s${slot}.${name}`);
};

interface Cluster {
  readonly state: ClusterState;
  readonly slices: SliceIndex;
}

/** Ready, or without a word about it: terminating pods that still serve are not used, as in ingress-nginx. */
const isReady = (endpoint: Endpoint): boolean => endpoint.ready !== false;

/** About as many as one answer of DNS holds; a slice alone may list 100,000. */
const MOST_ADDRESSES = 4_000;

const addressesOf = (slices: readonly EndpointSlice[], port: ServicePort, targetPort: number): readonly string[] => {
  const matching = slices.filter((slice) => slicePorts(slice, port).includes(targetPort));
  const addresses = matching.flatMap((slice) => slice.endpoints.filter(isReady).flatMap((one) => one.addresses));
  return [...new Set(addresses)].toSorted().slice(0, MOST_ADDRESSES);
};

/** What is reached at a target port. */
type Reached = readonly string[] | { readonly external: string };

const reached = (backend: Backend, targetPort: number, { state, slices }: Cluster): Reached => {
  const { external, clusterIp, main } = backend;
  if (!backend.targetPorts.includes(targetPort)) return [];
  if (external !== undefined) return { external };
  if (clusterIp !== undefined) return [clusterIp];
  const { namespace, name } = refParts(backend.service);
  const port = state.services
    .get(backend.service)
    ?.ports.find((one) => one.protocol === (backend.stream ?? 'TCP') && String(one.port) === backend.port);
  const pods = port === undefined ? [] : addressesOf(slices.get(`${namespace}/${name}`) ?? [], port, targetPort);
  return pods.length > 0 || main === undefined ? pods : reached(main, targetPort, { state, slices });
};

type Pods = Extract<NameAnswer, { readonly ipv4: unknown }>;

/** What each name of a backend answers. */
const answersOf = (backend: Backend, cluster: Cluster): readonly (readonly [string, NameAnswer])[] =>
  backend.targetPorts.flatMap((targetPort) => {
    const found = reached(backend, targetPort, cluster);
    return endpointNames(backend, targetPort).map((dnsName, slot): readonly [string, NameAnswer] => {
      if ('external' in found) return [dnsName, found];
      const own = backend.slots === undefined ? found : slotAddresses(slot, found, backend.slots.pods);
      const ofFamily = (family: 4 | 6): readonly string[] => own.filter((one) => ipFamily(one) === family);
      return [dnsName, { ipv4: ofFamily(4), ipv6: ofFamily(6) }];
    });
  });

const isPods = (answer: NameAnswer): answer is Pods => !('external' in answer);
const sizeOf = ({ ipv4, ipv6 }: Pods): number => ipv4.length + ipv6.length;

/** The most that each may have of a room that cannot hold all, so that those with less get all of theirs. */
const fairShare = (sizes: readonly number[], room: number): number => {
  let left = room;
  for (const [index, size] of sizes.toSorted((a, b) => a - b).entries()) {
    const share = Math.floor(left / (sizes.length - index));
    if (size > share) return share;
    left -= size;
  }
  return MOST_ADDRESSES;
};

const atMost = (pods: Pods, most: number): Pods => {
  const ipv4 = pods.ipv4.slice(0, most);
  return { ipv4, ipv6: pods.ipv6.slice(0, most - ipv4.length) };
};

type Names = readonly (readonly [string, NameAnswer])[];

/** Peers of all names share one zone of NGINX. Where it is full, pods that come are not served, whosoever they are. */
const withinZone = (names: Names, backends: readonly Backend[]): Names => {
  const most = fairShare(
    names.flatMap(([, answer]) => (isPods(answer) ? [sizeOf(answer)] : [])),
    zoneBytes(backends) / PEER_BYTES,
  );
  return names.map(([name, answer]) => [name, isPods(answer) ? atMost(answer, most) : answer]);
};

/** What each endpoint name of the planned backends answers now. Costs nothing but these Services; never needs a plan. */
export const endpoints = (state: ClusterState, backends: readonly Backend[]): Readonly<Record<string, NameAnswer>> => {
  const slices = indexSlices(state);
  const zones = Map.groupBy(backends, ({ stream }) => stream !== undefined);
  const names = [...zones.values()].flatMap((members) =>
    withinZone(
      members.flatMap((backend) => answersOf(backend, { state, slices })),
      members,
    ),
  );
  return Object.fromEntries(names);
};
