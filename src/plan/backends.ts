import { eachFamily } from '../annotations/each-family.ts';
import type { Settings } from '../annotations/index.ts';
import type { ClusterState } from '../cluster/cluster-state.ts';
import type { IngressBackend } from '../cluster/resources.ts';
import type { BackendDraft } from '../model/route-draft.ts';
import type { Backend, RouteTarget, Transport } from '../model/routing-model.ts';
import type { Refusal } from '../problems/problem.ts';
import { compareText } from '../values/compare.ts';
import { sha256 } from '../values/digest.ts';
import { ipFamily } from '../values/ip-family.ts';
import { objectRef } from '../values/object-ref.ts';
import { fail, ok, type Result } from '../values/result.ts';
import type { PlanOptions } from './options.ts';
import { findServicePort, isExternalName, type FoundPort, type SliceIndex } from './service-ports.ts';
import { slotsFor } from './slots.ts';

/** A name that only DNS knows. */
const hostBackend = (host: string, port: number): Result<Backend, Refusal> => {
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
  { service: { namespace, name }, port }: FoundPort,
  { slots, clusterIp, main, cookiePath }: Peers & Pick<Backend, 'main' | 'cookiePath'>,
): string => {
  // An upstream that gets other peers is another one: under its own name it is loaded before traffic moves to it.
  const peers = clusterIp === undefined ? (slots === undefined ? '' : ` by key over ${slots.count}`) : ' by cluster IP';
  const role = main === undefined ? '' : ` canary of ${main.id}`;
  const cookie = cookiePath === undefined ? '' : ` with a cookie of ${cookiePath}`;
  return idOf(sha256(`${namespace}/${name}/${port}${peers}${role}${cookie}`));
};

/** What stands in an upstream instead of one name for all pods. */
type Peers = Pick<Backend, 'slots' | 'clusterIp' | 'targetPorts'>;

/** The pods of an ExternalName Service are unknown, so it has no slots; nor has it an address, like a headless one. */
const peersOf = ({ service, port, targetPorts, external }: FoundPort, draft: BackendDraft): Peers => {
  if (external !== undefined) return { targetPorts };
  if (draft.viaService && ipFamily(service.clusterIP) !== undefined)
    return { targetPorts: [Number(port)], clusterIp: service.clusterIP };
  return draft.podsPerKey === 0 ? { targetPorts } : { targetPorts, slots: slotsFor(draft.podsPerKey) };
};

const asBackend = (own: FoundPort, { settings, main, cookiePath }: Asker): Backend => {
  // While a canary has no pods, those of the main backend answer for it, on their ports.
  const found = own.hasNoPods && main !== undefined ? { ...own, targetPorts: main.targetPorts } : own;
  const draft: BackendDraft = { podsPerKey: 0, viaService: false, setsCookie: false };
  eachFamily(settings, (family, own) => family.shapeBackend?.(own, draft));
  const { service, port, external } = found;
  const peers = {
    ...peersOf(found, draft),
    ...(draft.setsCookie && cookiePath !== undefined ? { cookiePath } : {}),
    ...(main === undefined ? {} : { main }),
  };
  return {
    id: upstreamId(found, peers),
    service: service.ref,
    port,
    label: `${service.namespace}-${service.name}-${port}`,
    ...peers,
    ...(external === undefined ? {} : { external }),
  };
};

/** Who asks for a backend. */
export interface Asker {
  readonly namespace: string;
  readonly settings: Settings;
  /** The backend whose canary is asked for. */
  readonly main?: Backend;
  /** Path of the cookie that the route sets, where it sets one. */
  readonly cookiePath?: string;
}

/** Who asks for a port to pass on bytes to. */
export interface StreamAsker extends Pick<Asker, 'namespace' | 'settings'> {
  readonly stream: Transport;
}

const portText = (port: IngressBackend['port']): string =>
  port === undefined ? '' : String('number' in port ? port.number : port.name);

/** What the installation says of all Services. */
type BackendRules = Pick<PlanOptions, 'disableExternalNames'>;

/** Finds the Service ports that Ingresses name; whoever asks first for one decides how its pods take turns. */
export class BackendResolver {
  readonly #state: ClusterState;
  readonly #slices: SliceIndex;
  readonly #rules: BackendRules;
  readonly #known = new Map<string, Result<FoundPort, Refusal>>();
  /** Whose settings hold for a Service port, and for a canary of it. */
  readonly #deciders = new Map<string, Settings>();
  /** Whose sessions a Service port keeps. */
  readonly #sessions = new Map<string, Settings['session-affinity']>();
  readonly #decided = new Map<string, DecidedBackend>();

  constructor(state: ClusterState, slices: SliceIndex, { disableExternalNames }: BackendRules) {
    this.#state = state;
    this.#slices = slices;
    this.#rules = { disableExternalNames };
  }

  /** The backend of an Ingress, or why it has none. */
  resolve(asker: Asker, { service, port }: IngressBackend): Result<Backend, Refusal> {
    const text = portText(port);
    if (service === undefined || service === '' || text === '') {
      return fail({ code: 'InvalidBackend', expected: 'a Service name and port' });
    }
    return this.#decide(asker, service, text);
  }

  /** Lets the oldest Ingress with session affinity that leads to a Service port decide on its sessions; before `resolve`. */
  keepSessions({ namespace, settings }: Asker, { service = '', port }: IngressBackend): void {
    const found = this.find(namespace, service, portText(port));
    if (!found.ok) return;
    const key = `${found.value.service.ref} ${found.value.port}`;
    if (!this.#sessions.has(key)) this.#sessions.set(key, settings['session-affinity']);
  }

  /** The settings that hold for a backend that was resolved. */
  settingsOf({ id }: Backend): Settings | undefined {
    return this.#decided.get(id)?.settings;
  }

  /** The first port of a Service, as default backends use it. */
  resolveFirstPort(asker: Asker, name: string): Result<Backend, Refusal> {
    const first = this.#state.services.get(objectRef('Service', asker.namespace, name))?.ports[0];
    return this.#decide(asker, name, String(first?.port ?? ''));
  }

  /** The port of a Service that a URL names. */
  resolveNumber(asker: Asker, name: string, port: number): Result<Backend, Refusal> {
    return this.#decide(asker, name, port);
  }

  /** A port of a Service, by number or name, to which bytes are passed on; the families know HTTP only. */
  resolveStream({ namespace, settings, stream }: StreamAsker, name: string, wanted: string): Result<Backend, Refusal> {
    const found = findServicePort(this.#state, this.#slices, { namespace, name, wanted, stream, ...this.#rules });
    if (!found.ok) return found;
    const { service, port, targetPorts, external } = found.value;
    const backend: Backend = {
      id: idOf(sha256(`${namespace}/${name}/${port} over ${stream}`)),
      service: service.ref,
      port,
      label: `${namespace}-${name}-${port}`,
      targetPorts,
      stream,
      ...(external === undefined ? {} : { external }),
    };
    this.#decided.set(backend.id, { backend, settings });
    return ok(backend);
  }

  /** A host outside of the cluster, or one that only its DNS knows. */
  resolveHost(settings: Settings, host: string, port: number): Result<Backend, Refusal> {
    const backend = hostBackend(host, port);
    if (backend.ok) this.#decided.set(backend.value.id, { backend: backend.value, settings });
    return backend;
  }

  /** Every backend found so far, by id, with the settings that hold for its upstream. */
  decided(): readonly DecidedBackend[] {
    return [...this.#decided.values()].toSorted((a, b) => compareText(a.backend.id, b.backend.id));
  }

  /** A port of a Service, without leading to it. */
  find(namespace: string, name: string, wanted: number | string): Result<FoundPort, Refusal> {
    const key = `${namespace}/${name}/${typeof wanted} ${wanted}`;
    const found =
      this.#known.get(key) ?? findServicePort(this.#state, this.#slices, { namespace, name, wanted, ...this.#rules });
    this.#known.set(key, found);
    return found;
  }

  #decide(asker: Asker, name: string, wanted: number | string): Result<Backend, Refusal> {
    const found = this.find(asker.namespace, name, wanted);
    if (!found.ok) return found;
    const { service, port } = found.value;
    const role = `${service.ref} ${port} ${asker.main?.id ?? ''}`;
    const sessions = asker.main === undefined ? this.#sessions.get(`${service.ref} ${port}`) : undefined;
    const settings =
      this.#deciders.get(role) ??
      (sessions === undefined ? asker.settings : { ...asker.settings, 'session-affinity': sessions });
    this.#deciders.set(role, settings);
    const backend = asBackend(found.value, { ...asker, settings });
    const decided = this.#decided.get(backend.id) ?? { backend, settings };
    this.#decided.set(backend.id, decided);
    return ok(decided.backend);
  }
}

/** A route to a backend that answers 503 (404 for default backends) while it has no endpoints. */
export const backendTarget = (backend: Backend, whenEmpty: 404 | 503 = 503): RouteTarget => ({
  kind: 'backend',
  backend,
  whenEmpty,
});
