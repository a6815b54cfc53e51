import { eachFamily } from '../annotations/each-family.ts';
import type { Settings } from '../annotations/index.ts';
import type { Backend } from '../model/routing-model.ts';
import { encode, keyword } from '../nginx/argument.ts';
import type { Directive } from '../nginx/directive.ts';
import { StatementList, type UpstreamDraft } from '../nginx/draft.ts';
import type { UpstreamBlock } from '../nginx/tree.ts';
import type { NameAnswer } from '../protocol/messages.ts';
import { invariant } from '../values/invariant.ts';
import { endpointNames } from './endpoints.ts';
import { zoneBytes } from './peer-zone.ts';

const NO_RETRIES = [keyword('max_fails=0')];
/** Fails at once with "network is unreachable"; the templates turn that into 503. */
const NOBODY = '255.255.255.255:1';

type Names = Readonly<Record<string, NameAnswer>>;

const staticServers = (backend: Backend, names: Names): UpstreamBlock['servers'] => {
  const addresses = backend.targetPorts.flatMap((port) => {
    const answers = endpointNames(backend, port).map((name) => names[name]);
    const found = answers.flatMap((one) => {
      if (one === undefined || 'external' in one) return [];
      return [...one.ipv4.map((ip) => `${ip}:${port}`), ...one.ipv6.map((ip) => `[${ip}]:${port}`)];
    });
    // A pod may have several slots.
    return [...new Set(found)];
  });
  return (addresses.length > 0 ? addresses : [NOBODY]).map((address) => ({
    address: encode('address', address),
    options: NO_RETRIES,
  }));
};

const resolvedServers = (backend: Backend): UpstreamBlock['servers'] =>
  backend.targetPorts.flatMap((port) =>
    endpointNames(backend, port).map((name) => ({
      address: encode('address', `${name}:${port}`),
      options: [keyword('resolve'), ...NO_RETRIES],
    })),
  );

const upstreamDirectives = (backend: Backend, settings: Settings): readonly Directive[] => {
  const balancing = new StatementList();
  const statements = new StatementList();
  const { slots, cookiePath, main } = backend;
  const draft: UpstreamDraft = {
    hasNamedServers: slots !== undefined,
    isCanary: main !== undefined,
    ...(cookiePath === undefined ? {} : { cookiePath }),
    balance: (name, ...values) => balancing.add(name, ...values),
    add: (name, ...values) => statements.add(name, ...values),
  };
  eachFamily(settings, (family, own) => family.emitUpstream?.(own, draft));
  return [...balancing.directives().slice(-1), ...statements.directives()];
};

/** What all upstreams of a configuration have in common. */
interface UpstreamContext {
  /** The settings that hold for a backend, by its id. */
  readonly settings: ReadonlyMap<string, Settings>;
  /** Name of the shared memory that holds their peers. */
  readonly zone: string;
  /** Addresses that stand in the configuration instead of being resolved. */
  readonly names?: Names;
}

/** One upstream a Service port. */
export const compileUpstreams = (
  backends: readonly Backend[],
  { settings, zone: zoneName, names }: UpstreamContext,
): readonly UpstreamBlock[] => {
  const resolved = backends.map((backend) => [backend, resolvedServers(backend)] as const);
  const zone = { name: encode('id', zoneName), size: encode('size', zoneBytes(backends)) };
  return resolved.map(([backend, servers]) => {
    const own = settings.get(backend.id);
    invariant(own !== undefined, 'every backend was decided by somebody');
    const block = {
      origin: encode('comment', `${backend.service} port ${backend.port}`),
      id: encode('id', backend.id),
      directives: backend.stream === undefined ? upstreamDirectives(backend, own) : [],
    };
    if (names !== undefined && backend.external === undefined)
      return { ...block, servers: staticServers(backend, names) };
    return { ...block, zone, servers };
  });
};
