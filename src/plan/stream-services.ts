import type { Settings } from '../annotations/index.ts';
import type { ClusterState } from '../cluster/cluster-state.ts';
import type { StreamService, Transport } from '../model/routing-model.ts';
import type { ProblemCode } from '../problems/catalogue.ts';
import type { Problem, Refusal } from '../problems/problem.ts';
import { refParts, type ObjectRef } from '../values/object-ref.ts';
import { fail, ok, type Result } from '../values/result.ts';
import type { BackendResolver } from './backends.ts';
import { servesStreams, type PlanOptions } from './options.ts';

/** What an entry of such a ConfigMap says. */
interface Entry extends Pick<StreamService, 'port' | 'decodes' | 'encodes'> {
  readonly namespace: string;
  readonly service: string;
  /** Number or name. */
  readonly servicePort: string;
}

const invalid = (expected: string): Result<never, Refusal> => fail({ code: 'InvalidStreamService', expected });

const SERVICE = /^[a-z0-9-]{1,63}\/[a-z0-9.-]{1,253}$/;
const PORT = /^[a-z0-9-]{1,63}$/;

const forms: Readonly<Record<Transport, string>> = {
  TCP: 'namespace/service:port, then at most two times :PROXY',
  UDP: 'namespace/service:port',
};

const isProxy = (word: string | undefined): boolean => word?.toUpperCase() === 'PROXY';

const parseValue = (text: string, transport: Transport): Result<Omit<Entry, 'port'>, Refusal> => {
  const [target = '', servicePort = '', ...words] = text.split(':');
  const mayHave = transport === 'TCP' ? 2 : 0;
  const isProtocol = words.length <= mayHave && words.every((word) => word === '' || isProxy(word));
  if (!SERVICE.test(target) || !PORT.test(servicePort) || !isProtocol) return invalid(forms[transport]);
  const [namespace = '', service = ''] = target.split('/');
  return ok({ namespace, service, servicePort, decodes: isProxy(words[0]), encodes: isProxy(words[1]) });
};

const parsePort = (text: string, { ports, reservedPorts }: PlanOptions): Result<number, Refusal> => {
  const port = /^[1-9]\d{0,4}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) return invalid('a port from 1 to 65535 as key');
  if ([...reservedPorts, ports.http, ports.https].includes(port))
    return fail({ code: 'StreamPortReserved', expected: 'a port that Portico does not listen on itself' });
  return ok(port);
};

/** What reading such a ConfigMap needs. */
export interface StreamContext {
  readonly state: ClusterState;
  readonly options: PlanOptions;
  readonly globals: Settings;
  /** Keys of the ConfigMap that protect and cannot be read. */
  readonly unreadable: ReadonlySet<string>;
  readonly backends: BackendResolver;
}

const readEntry = (
  [key, text]: readonly [string, string],
  { transport, origin }: Pick<StreamService, 'transport' | 'origin'>,
  { options, globals, backends }: StreamContext,
): Result<StreamService, Refusal> => {
  const port = parsePort(key.trim(), options);
  if (!port.ok) return port;
  const entry = parseValue(text.trim(), transport);
  if (!entry.ok) return entry;
  const { namespace, service, servicePort, decodes, encodes } = entry.value;
  const backend = backends.resolveStream({ namespace, settings: globals, stream: transport }, service, servicePort);
  if (!backend.ok) return fail({ code: backend.error.code, expected: backend.error.expected });
  const held = options.heldPorts.get(port.value);
  if (held !== undefined)
    return fail({ code: 'StreamPortHeld', expected: `a port that NGINX can open, which said: ${held}` });
  return ok({ transport, port: port.value, backend: backend.value, decodes, encodes, origin });
};

/** The ports of one transport, and what is wrong with entries; a bad one stops no other. */
interface Services {
  readonly services: readonly StreamService[];
  readonly problems: readonly Problem[];
}

const NONE: Services = { services: [], problems: [] };

const readServices = (origin: ObjectRef | undefined, transport: Transport, context: StreamContext): Services => {
  if (origin === undefined) return NONE;
  const about = { subject: origin, consequence: 'no port is opened' };
  const missing = (expected: string, code: ProblemCode): Services => ({
    services: [],
    problems: [{ ...about, code, expected, field: [] }],
  });
  const { namespace, name } = refParts(origin);
  const entries = context.state.configMaps.get(origin)?.data;
  if (entries === undefined) return missing(`the ConfigMap ${namespace}/${name} of a flag`, 'ConfigMapNotFound');
  if (!servesStreams(context.options.capabilities) && Object.keys(entries).length > 0)
    return missing('an NGINX with the module stream', 'StreamUnavailable');
  const read = Object.entries(entries).map((entry) => ({
    entry,
    result: readEntry(entry, { transport, origin }, context),
  }));
  return {
    services: read.flatMap(({ result }) => (result.ok ? [result.value] : [])).toSorted((a, b) => a.port - b.port),
    problems: read.flatMap(({ entry: [key, received], result }) =>
      result.ok ? [] : [{ ...about, ...result.error, field: ['data', key], received }],
    ),
  };
};

/** Its name in the ConfigMap, and that of the setting. */
const SNIPPET_KEYS = ['stream-snippet', 'setting-stream-snippet'];

/** What the ConfigMaps of TCP and UDP services ask for. */
export const streamServices = (context: StreamContext): Services => {
  // It may say who is not served.
  if (SNIPPET_KEYS.some((key) => context.unreadable.has(key))) return NONE;
  const tcp = readServices(context.options.tcpServices, 'TCP', context);
  const udp = readServices(context.options.udpServices, 'UDP', context);
  return { services: [...tcp.services, ...udp.services], problems: [...tcp.problems, ...udp.problems] };
};
