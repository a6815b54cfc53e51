import type { ClusterState } from '../cluster/cluster-state.ts';
import type { EndpointSlice, IngressBackend, Service, ServicePort } from '../cluster/resources.ts';
import type { RouteDraft } from '../model/route-draft.ts';
import type { Backend, RouteTarget } from '../model/routing-model.ts';
import type { ProblemCode } from '../problems/catalogue.ts';
import { sha256 } from '../values/digest.ts';
import { ipFamily } from '../values/ip-family.ts';
import { objectRef, refParts } from '../values/object-ref.ts';
import { fail, ok, type Result } from '../values/result.ts';

/** Slices by `namespace/service`. */
export type SliceIndex = ReadonlyMap<string, readonly EndpointSlice[]>;

/** Groups all slices by the Service that they belong to, in the order of their names. */
export const indexSlices = (state: ClusterState): SliceIndex => {
  const slices = [...state.endpointSlices.values()].toSorted((a, b) => (a.ref < b.ref ? -1 : 1));
  return Map.groupBy(slices, (slice) => `${slice.namespace}/${slice.service}`);
};

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

/**
 * Name of an upstream: a function of namespace, Service and port. NGINX compares lengths before text when it looks for
 * a duplicate among all upstreams, so names of varied length load 2.5 times faster at 10,000 (dataplane.md §4).
 */
const upstreamId = (namespace: string, service: string, port: string): string => {
  const digest = sha256(`${namespace}/${service}/${port}`);
  return `u${digest.slice(0, MIN_ID_LENGTH + (Number.parseInt(digest.slice(-4), 16) % ID_LENGTHS))}`;
};

/** A Service port is meant by its number, its name, or the text of its target port: the first that fits. */
const findPort = (service: Service, wanted: string): ServicePort | undefined =>
  service.ports
    .filter((port) => port.protocol === 'TCP')
    .find((port) => String(port.port) === wanted || String(port.targetPort ?? '') === wanted || port.name === wanted);

/**
 * Port numbers of a slice's pods for a Service port: those with its name, all of them where it has no name, and failing
 * that its numeric target port.
 */
export const slicePorts = (slice: EndpointSlice, port: ServicePort): readonly number[] => {
  const meant = slice.ports.filter((one) => one.protocol === 'TCP' && (port.name === '' || one.name === port.name));
  const numbers = meant.flatMap((one) => (one.port === undefined ? [] : [one.port]));
  if (numbers.length > 0) return numbers;
  return typeof port.targetPort === 'number' ? [port.targetPort] : [];
};

const targetPorts = (slices: readonly EndpointSlice[], port: ServicePort): readonly number[] => {
  const found = [...new Set(slices.flatMap((slice) => slicePorts(slice, port)))].toSorted((a, b) => a - b);
  if (found.length > 0) return found;
  return [typeof port.targetPort === 'number' ? port.targetPort : port.port];
};

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;

const externalBackend = (service: Service, wanted: string): Result<Backend, BackendProblem> => {
  const host = service.externalName.toLowerCase().replace(/\.$/, '');
  if (!HOST_NAME.test(host) || host === 'localhost' || host.endsWith('.localhost')) {
    return fail({
      code: 'InvalidBackend',
      expected: 'an ExternalName that is a DNS name',
      received: service.externalName,
    });
  }
  const number = findPort(service, wanted)?.port ?? Number(wanted);
  if (!Number.isInteger(number) || number < 1 || number > 65_535) {
    return fail({
      code: 'ServicePortNotFound',
      expected: `a port of Service ${service.namespace}/${service.name}`,
      received: wanted,
    });
  }
  return ok({ ...identity(service, String(number)), targetPorts: [number], external: host });
};

const identity = (service: Service, port: string): Pick<Backend, 'id' | 'service' | 'port' | 'label'> => ({
  id: upstreamId(service.namespace, service.name, port),
  service: service.ref,
  port,
  label: `${service.namespace}-${service.name}-${port}`,
});

/** Finds the Service ports that Ingresses name; remembers each so that equal backends are one object. */
export class BackendResolver {
  readonly #state: ClusterState;
  readonly #slices: SliceIndex;
  readonly #known = new Map<string, Result<Backend, BackendProblem>>();

  constructor(state: ClusterState, slices: SliceIndex) {
    this.#state = state;
    this.#slices = slices;
  }

  /** The backend of an Ingress in this namespace, or why it has none; `viaService` asks for its cluster IP. */
  resolve(
    namespace: string,
    { service, port }: IngressBackend,
    { viaService }: Pick<RouteDraft, 'viaService'>,
  ): Result<Backend, BackendProblem> {
    const text = port === undefined ? '' : String('number' in port ? port.number : port.name);
    if (service === undefined || service === '' || text === '') {
      return fail({ code: 'InvalidBackend', expected: 'a Service name and port' });
    }
    const pods = this.#remember(namespace, service, text);
    return viaService && pods.ok ? ok(this.#viaService(pods.value)) : pods;
  }

  /** The first port of a Service, as default backends use it. */
  resolveFirstPort(namespace: string, name: string): Result<Backend, BackendProblem> {
    const first = this.#state.services.get(objectRef('Service', namespace, name))?.ports[0];
    return this.#remember(namespace, name, String(first?.port ?? ''));
  }

  /** Every backend found so far, by id. */
  backends(): readonly Backend[] {
    const found = [...this.#known.values()].flatMap((one) => (one.ok ? [one.value] : []));
    return [...new Map(found.map((one) => [one.id, one])).values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** A backend of its own: it would lose its peers if one upstream were the pods now and the Service then. */
  #viaService(pods: Backend): Backend {
    const address = this.#state.services.get(pods.service)?.clusterIP ?? '';
    if (pods.external !== undefined || ipFamily(address) === undefined) return pods;
    const { namespace, name } = refParts(pods.service);
    const key = `${namespace}/${name}/${pods.port}/cluster-ip`;
    const id = upstreamId(namespace, name, `${pods.port}/cluster-ip`);
    const found: Backend = { ...pods, id, clusterIp: address, targetPorts: [Number(pods.port)] };
    this.#known.set(key, ok(found));
    return found;
  }

  #remember(namespace: string, name: string, wanted: string): Result<Backend, BackendProblem> {
    const key = `${namespace}/${name}/${wanted}`;
    const found = this.#known.get(key) ?? this.#find(namespace, name, wanted);
    this.#known.set(key, found);
    return found;
  }

  #find(namespace: string, name: string, wanted: string): Result<Backend, BackendProblem> {
    const service = this.#state.services.get(objectRef('Service', namespace, name));
    if (service === undefined)
      return fail({ code: 'ServiceNotFound', expected: 'an existing Service', received: `${namespace}/${name}` });
    if (service.type === 'ExternalName') return externalBackend(service, wanted);
    const port = findPort(service, wanted);
    if (port === undefined) {
      return fail({
        code: 'ServicePortNotFound',
        expected: `a TCP port of Service ${namespace}/${name}`,
        received: wanted,
      });
    }
    const slices = this.#slices.get(`${namespace}/${name}`) ?? [];
    return ok({ ...identity(service, String(port.port)), targetPorts: targetPorts(slices, port) });
  }
}

/** A route to a backend that answers 503 (404 for default backends) while it has no endpoints. */
export const backendTarget = (backend: Backend, whenEmpty: 404 | 503 = 503): RouteTarget => ({
  kind: 'backend',
  backend,
  whenEmpty,
});
