import type { Family } from '../annotations/define.ts';
import { families, type Settings } from '../annotations/index.ts';
import type { ClusterState } from '../cluster/cluster-state.ts';
import type { EndpointSlice, IngressBackend, Service, ServicePort } from '../cluster/resources.ts';
import type { BackendDraft } from '../model/route-draft.ts';
import type { Backend, RouteTarget, Transport } from '../model/routing-model.ts';
import type { ProblemCode } from '../problems/catalogue.ts';
import { sha256 } from '../values/digest.ts';
import { ipFamily } from '../values/ip-family.ts';
import { objectRef } from '../values/object-ref.ts';
import { fail, ok, type Result } from '../values/result.ts';
import { slotsFor } from './slots.ts';

/** Slices by `namespace/service`. */
export type SliceIndex = ReadonlyMap<string, readonly EndpointSlice[]>;

/** Groups all slices by the Service that they belong to, in the order of their names. */
export const indexSlices = (state: ClusterState): SliceIndex => {
  const slices = [...state.endpointSlices.values()].toSorted((a, b) => (a.ref < b.ref ? -1 : 1));
  return Map.groupBy(slices, (slice) => `${slice.namespace}/${slice.service}`);
};

/** A port of a Service that exists. */
type Found = Pick<Backend, 'port' | 'targetPorts' | 'external'> & {
  readonly service: Service;
  /** No pod says on which ports it listens. */
  readonly hasNoPods: boolean;
};

/** A name that only DNS knows. */
const hostBackend = (host: string, port: number): Result<Backend, BackendProblem> => {
  if (!isExternalName(host))
    return fail({ code: 'InvalidBackend', expected: 'a DNS name or an IPv4 address', received: host });
  const digest = sha256(`host ${host}:${port}`);
  return ok({
    id: idOf(digest),
    service: objectRef('Host', '', host),
    port: String(port),
    label: `${host}-${port}`,
    targetPorts: [port],
    external: host,
  });
};

/** A backend, and the settings of who led to it first. */
interface DecidedBackend {
  readonly backend: Backend;
  readonly settings: Settings;
}

/** Why a backend cannot be served. */
export interface BackendProblem {
  readonly code: ProblemCode;
  readonly expected: string;
  readonly received?: string;
}

/** 128 bits: at 48 a tenant finds within hours a Service name whose upstream is that of somebody else. */
const MIN_ID_LENGTH = 32;
/** With its `u` the longest has 62 characters; a label of a DNS name may have 63. */
const ID_LENGTHS = 30;

const idOf = (digest: string): string =>
  `u${digest.slice(0, MIN_ID_LENGTH + (Number.parseInt(digest.slice(-4), 16) % ID_LENGTHS))}`;

/**
 * Name of an upstream: a function of namespace, Service, port and slots. NGINX compares lengths before text when it looks for
 * a duplicate among all upstreams, so names of varied length load 2.5 times faster at 10,000 (dataplane.md §4).
 */
const upstreamId = (
  { service: { namespace, name }, port }: Found,
  { slots, clusterIp }: Peers,
  { main, stream }: Pick<Asker, 'main' | 'stream'>,
): string => {
  // An upstream that gets other peers is another one: under its own name it is loaded before traffic moves to it.
  const peers = clusterIp === undefined ? (slots === undefined ? '' : ` by key over ${slots.count}`) : ' by cluster IP';
  const role = main === undefined ? '' : ` canary of ${main.id}`;
  const layer = stream === undefined ? '' : ` over ${stream}`;
  const digest = sha256(`${namespace}/${name}/${port}${peers}${role}${layer}`);
  return idOf(digest);
};

/**
 * A Service port is meant by its number, its name, or the text of its target port: the first that fits. Where bytes are
 * passed on, the target port does not count.
 */
const findPort = (service: Service, wanted: string, stream: Transport | undefined): ServicePort | undefined =>
  service.ports
    .filter((port) => port.protocol === (stream ?? 'TCP'))
    .find(({ port, name, targetPort }) =>
      [String(port), name, ...(stream === undefined ? [String(targetPort ?? '')] : [])].includes(wanted),
    );

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

const portsOfPods = (slices: readonly EndpointSlice[], port: ServicePort): Pick<Found, 'targetPorts' | 'hasNoPods'> => {
  const found = [...new Set(slices.flatMap((slice) => slicePorts(slice, port)))].toSorted((a, b) => a - b);
  if (found.length > 0)
    return { targetPorts: found, hasNoPods: slices.every(({ endpoints }) => endpoints.length === 0) };
  return { targetPorts: [typeof port.targetPort === 'number' ? port.targetPort : port.port], hasNoPods: true };
};

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;

const isExternalName = (host: string): boolean =>
  HOST_NAME.test(host) && host !== 'localhost' && !host.endsWith('.localhost');

const externalBackend = (
  service: Service,
  wanted: string,
  stream: Transport | undefined,
): Result<Found, BackendProblem> => {
  const host = service.externalName.toLowerCase().replace(/\.$/, '');
  if (!isExternalName(host)) {
    return fail({
      code: 'InvalidBackend',
      expected: 'an ExternalName that is a DNS name',
      received: service.externalName,
    });
  }
  const number = findPort(service, wanted, stream)?.port ?? Number(wanted);
  if (!Number.isInteger(number) || number < 1 || number > 65_535) {
    return fail({
      code: 'ServicePortNotFound',
      expected: `a port of Service ${service.namespace}/${service.name}`,
      received: wanted,
    });
  }
  return ok({ service, port: String(number), targetPorts: [number], hasNoPods: false, external: host });
};

/** What stands in an upstream instead of one name for all pods. */
type Peers = Pick<Backend, 'slots' | 'clusterIp' | 'targetPorts'>;

/** The pods of an ExternalName Service are unknown, so it has no slots; nor has it an address, like a headless one. */
const peersOf = ({ service, port, targetPorts, external }: Found, draft: BackendDraft): Peers => {
  if (external !== undefined) return { targetPorts };
  if (draft.viaService && ipFamily(service.clusterIP) !== undefined)
    return { targetPorts: [Number(port)], clusterIp: service.clusterIP };
  return draft.podsPerKey === 0 ? { targetPorts } : { targetPorts, slots: slotsFor(draft.podsPerKey) };
};

/** What the families make of a backend; they know HTTP only. */
const shapedFor = ({ settings, stream }: Asker): BackendDraft => {
  const draft: BackendDraft = { podsPerKey: 0, viaService: false };
  if (stream !== undefined) return draft;
  for (const family of families as readonly Family[])
    family.shapeBackend?.(settings[family.name as keyof Settings], draft);
  return draft;
};

const asBackend = (own: Found, asker: Asker): Backend => {
  const { main, stream } = asker;
  // While a canary has no pods, those of the main backend answer for it, on their ports.
  const found = own.hasNoPods && main !== undefined ? { ...own, targetPorts: main.targetPorts } : own;
  const { service, port, external } = found;
  const peers = peersOf(found, shapedFor(asker));
  return {
    id: upstreamId(found, peers, asker),
    service: service.ref,
    port,
    label: `${service.namespace}-${service.name}-${port}`,
    ...peers,
    ...(external === undefined ? {} : { external }),
    ...(main === undefined ? {} : { main }),
    ...(stream === undefined ? {} : { stream }),
  };
};

/** Who asks for a backend. */
export interface Asker {
  readonly namespace: string;
  readonly settings: Settings;
  /** The backend whose canary is asked for. */
  readonly main?: Backend;
  /** Bytes are to be passed on over this transport. */
  readonly stream?: Transport;
}

/** Finds the Service ports that Ingresses name; whoever asks first for one decides how its pods take turns. */
export class BackendResolver {
  readonly #state: ClusterState;
  readonly #slices: SliceIndex;
  readonly #known = new Map<string, Result<Found, BackendProblem>>();
  readonly #decided = new Map<string, DecidedBackend>();

  constructor(state: ClusterState, slices: SliceIndex) {
    this.#state = state;
    this.#slices = slices;
  }

  /** The backend of an Ingress, or why it has none. */
  resolve(asker: Asker, { service, port }: IngressBackend): Result<Backend, BackendProblem> {
    const text = port === undefined ? '' : String('number' in port ? port.number : port.name);
    if (service === undefined || service === '' || text === '') {
      return fail({ code: 'InvalidBackend', expected: 'a Service name and port' });
    }
    return this.#decide(asker, service, text);
  }

  /** A port of a Service, by number or name, to which bytes are passed on. */
  resolveStream(
    asker: Required<Pick<Asker, 'stream'>> & Asker,
    name: string,
    port: string,
  ): Result<Backend, BackendProblem> {
    return this.#decide(asker, name, port);
  }

  /** The first port of a Service, as default backends use it. */
  resolveFirstPort(asker: Asker, name: string): Result<Backend, BackendProblem> {
    const first = this.#state.services.get(objectRef('Service', asker.namespace, name))?.ports[0];
    return this.#decide(asker, name, String(first?.port ?? ''));
  }

  /** A host outside of the cluster, or one that only its DNS knows. */
  resolveHost(settings: Settings, host: string, port: number): Result<Backend, BackendProblem> {
    const backend = hostBackend(host, port);
    if (backend.ok) this.#decided.set(backend.value.id, { backend: backend.value, settings });
    return backend;
  }

  /** Every backend found so far, by id, with the settings that hold for its upstream. */
  decided(): readonly DecidedBackend[] {
    return [...this.#decided.values()].toSorted((a, b) => (a.backend.id < b.backend.id ? -1 : 1));
  }

  /** A port of a Service, without leading to it. */
  find(asker: Pick<Asker, 'namespace' | 'stream'>, name: string, wanted: string): Result<Found, BackendProblem> {
    const key = `${asker.namespace}/${name}/${wanted} ${asker.stream ?? ''}`;
    const found = this.#known.get(key) ?? this.#find(asker, name, wanted);
    this.#known.set(key, found);
    return found;
  }

  #decide(asker: Asker, name: string, wanted: string): Result<Backend, BackendProblem> {
    const { settings, main, stream } = asker;
    const found = this.find(asker, name, wanted);
    if (!found.ok) return found;
    const { service, port } = found.value;
    const role = `${service.ref} ${port} ${main?.id ?? ''} ${stream ?? ''}`;
    const decided = this.#decided.get(role) ?? { backend: asBackend(found.value, asker), settings };
    this.#decided.set(role, decided);
    return ok(decided.backend);
  }

  #find(
    { namespace, stream }: Pick<Asker, 'namespace' | 'stream'>,
    name: string,
    wanted: string,
  ): Result<Found, BackendProblem> {
    const service = this.#state.services.get(objectRef('Service', namespace, name));
    if (service === undefined)
      return fail({ code: 'ServiceNotFound', expected: 'an existing Service', received: `${namespace}/${name}` });
    if (service.type === 'ExternalName') return externalBackend(service, wanted, stream);
    const port = findPort(service, wanted, stream);
    if (port === undefined) {
      return fail({
        code: 'ServicePortNotFound',
        expected: `a ${stream ?? 'TCP'} port of Service ${namespace}/${name}`,
        received: wanted,
      });
    }
    const slices = this.#slices.get(`${namespace}/${name}`) ?? [];
    return ok({ service, port: String(port.port), ...portsOfPods(slices, port) });
  }
}

/** A route to a backend that answers 503 (404 for default backends) while it has no endpoints. */
export const backendTarget = (backend: Backend, whenEmpty: 404 | 503 = 503): RouteTarget => ({
  kind: 'backend',
  backend,
  whenEmpty,
});
