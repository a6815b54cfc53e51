import type { ClusterState } from '../../src/cluster/cluster-state.ts';
import type { EndpointSlice, Service } from '../../src/cluster/resources.ts';
import type { BackendProtocol } from '../../src/model/route-draft.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { objectRef, type ObjectRef } from '../../src/values/object-ref.ts';
import { makeCertificate } from './certificates.ts';
import { startEcho, type Echo, type Echoed, type EchoOptions, type EchoProtocol } from './echo-backend.ts';
import { freePort } from './free-port.ts';

/** Running stand-ins for the pods of a case, and the state with their addresses in place of the written ones. */
export interface ReplayCluster {
  readonly state: ClusterState;
  /** Every request that a pod received so far. */
  readonly received: readonly Echoed[];
  readonly close: () => Promise<void>;
}

const protocols: Readonly<Record<BackendProtocol, EchoProtocol>> = {
  HTTP: 'http',
  HTTPS: 'https',
  AUTO_HTTP: 'http',
  GRPC: 'h2c',
  GRPCS: 'h2',
  FCGI: 'fastcgi',
};

/** What each Service is spoken to with. */
const spokenProtocols = ({ model }: Plan): ReadonlyMap<ObjectRef, EchoProtocol> =>
  new Map(
    model.sites.flatMap(({ routes }) =>
      routes.flatMap(({ target, alternative, protocol, callees = {} }): (readonly [ObjectRef, EchoProtocol])[] => [
        ...[
          ...(target.kind === 'backend' ? [target.backend] : []),
          ...(alternative === undefined ? [] : [alternative.backend]),
        ].map(({ service }) => [service, protocols[protocol]] as const),
        ...Object.values(callees).map(({ backend, scheme }) => [backend.service, scheme] as const),
      ]),
    ),
  );

type PodCertificate = NonNullable<EchoOptions['tls']>;

let madeUp: Promise<PodCertificate> | undefined;

/** That of the Secret `pod-certificate`, for a case in which it matters. */
const podCertificate = async (state: ClusterState): Promise<PodCertificate> => {
  const secret = [...state.secrets.values()].find(({ name }) => name === 'pod-certificate');
  if (secret?.keyPair.valid !== true) return await (madeUp ??= makeCertificate({ names: ['pod.test'] }));
  const pem = secret.keyPair.pem.reveal();
  return { cert: pem, key: pem };
};

/** Starts echo backends, one for each pod address and port that a slice names, on loopback addresses of this process. */
class EchoPods {
  readonly echoes: Echo[] = [];
  readonly received: Echoed[] = [];
  readonly #network: string;
  readonly #tls: PodCertificate;
  readonly #addresses = new Map<string, string>();
  readonly #ports = new Map<number, number>();
  readonly #started = new Set<string>();

  /** `network` is the number of the case: two that run at once share no address. */
  constructor(network: number, tls: PodCertificate) {
    this.#tls = tls;
    this.#network = `127.${1 + (process.pid % 250)}.${network % 250}`;
  }

  /** The loopback address that stands for a written one. */
  address(written: string): string {
    if (written.includes(':')) return written;
    const known = this.#addresses.get(written) ?? `${this.#network}.${this.#addresses.size + 1}`;
    this.#addresses.set(written, known);
    return known;
  }

  /** The port that stands for a written one. */
  port(written: number): number {
    return this.#ports.get(written) ?? written;
  }

  /** Finds ports in the order of the written ones, in which NGINX asks their pods. */
  async reservePorts(written: Iterable<number>): Promise<void> {
    for (const port of [...new Set(written)].toSorted((a, b) => a - b)) this.#ports.set(port, await freePort());
  }

  async start(written: Omit<WrittenPod, 'service'>, protocol: EchoProtocol): Promise<void> {
    const name = `${written.address}:${written.port}`;
    if (this.#started.has(name) || written.address.includes(':')) return;
    this.#started.add(name);
    const options = { name, protocol, address: this.address(written.address), port: this.port(written.port) };
    const onRequest = (request: Echoed): void => void this.received.push(request);
    this.echoes.push(await startEcho({ ...options, onRequest, tls: this.#tls }));
  }
}

/** What a slice says of where pods listen. */
interface WrittenPod {
  readonly service: ObjectRef;
  readonly address: string;
  readonly port: number;
}

/** A slice without ports leads to the numeric target port of its Service. */
const portsOf = (slice: EndpointSlice, service: Service | undefined): readonly number[] => {
  const written = slice.ports.flatMap(({ port }) => (port === undefined ? [] : [port]));
  if (slice.ports.length > 0) return written;
  return (service?.ports ?? []).flatMap(({ targetPort }) => (typeof targetPort === 'number' ? [targetPort] : []));
};

const writtenPods = (slice: EndpointSlice, state: ClusterState): readonly WrittenPod[] => {
  const service = objectRef('Service', slice.namespace, slice.service);
  const addresses = slice.endpoints.flatMap((endpoint) => endpoint.addresses);
  const ports = portsOf(slice, state.services.get(service));
  return addresses.flatMap((address) => ports.map((port) => ({ service, address, port })));
};

const movedSlice = (slice: EndpointSlice, pods: EchoPods): EndpointSlice => ({
  ...slice,
  ports: slice.ports.map((one) => (one.port === undefined ? one : { ...one, port: pods.port(one.port) })),
  endpoints: slice.endpoints.map((one) => ({ ...one, addresses: one.addresses.map((text) => pods.address(text)) })),
});

/** The address of a Service stands for pods too; its port is a text that Ingresses name, so it stays. */
const clusterIps = ({ model }: Plan): readonly WrittenPod[] =>
  model.backends.flatMap(({ service, clusterIp, targetPorts }) =>
    clusterIp === undefined ? [] : targetPorts.map((port) => ({ service, address: clusterIp, port })),
  );

/** Only where no slice names a port: elsewhere the target port is a text that Ingresses may name. */
const movedService = (service: Service, slices: readonly EndpointSlice[], pods: EchoPods): Service => {
  const own = slices.filter((slice) => slice.service === service.name && slice.namespace === service.namespace);
  if (own.length === 0 || own.some((slice) => slice.ports.length > 0)) return service;
  const ports = service.ports.map((port) =>
    typeof port.targetPort === 'number' ? { ...port, targetPort: pods.port(port.targetPort) } : port,
  );
  return { ...service, ports };
};

/** Starts the pods of a state, each in the protocol that the plan speaks to it. */
export const startCluster = async (state: ClusterState, planned: Plan, network: number): Promise<ReplayCluster> => {
  const spoken = spokenProtocols(planned);
  const pods = new EchoPods(network, await podCertificate(state));
  const close = async (): Promise<void> => {
    await Promise.all(pods.echoes.map((echo) => echo.close()));
  };
  const slices = [...state.endpointSlices.values()];
  const viaService = clusterIps(planned);
  try {
    const written = slices.flatMap((slice) => writtenPods(slice, state));
    await pods.reservePorts(written.map(({ port }) => port));
    for (const pod of [...written, ...viaService]) {
      await pods.start(pod, spoken.get(pod.service) ?? 'http');
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    received: pods.received,
    state: {
      ...state,
      endpointSlices: new Map([...state.endpointSlices].map(([ref, slice]) => [ref, movedSlice(slice, pods)])),
      services: new Map(
        [...state.services].map(([ref, service]) => {
          const clusterIP = viaService.some((one) => one.service === ref)
            ? pods.address(service.clusterIP)
            : service.clusterIP;
          return [ref, { ...movedService(service, slices, pods), clusterIP }];
        }),
      ),
    },
    close,
  };
};
