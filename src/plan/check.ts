import { isNginxArg, type NginxArg } from '../nginx/argument.ts';
import { statementText } from '../nginx/directive.ts';
import type {
  GeoBlock,
  HttpBlock,
  MapBlock,
  NginxConfig,
  ServerBlock,
  SplitBlock,
  UpstreamBlock,
} from '../nginx/tree.ts';
import type { Plan } from './plan.ts';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** Whether two parts of a configuration print the same. */
const isSame = (one: unknown, other: unknown): boolean => {
  if (one === other) return true;
  if (isNginxArg(one)) return isNginxArg(other) && one.text === other.text;
  if (!isObject(one) || !isObject(other)) return false;
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => isSame(one[key], other[key]));
};

/** Blocks that locations ask for have an origin, and names that follow from what they say: another one has another name. */
const isCommon = ({ origin }: Pick<MapBlock, 'origin'>): boolean => origin === undefined;

/** What all hosts have in common. Lines of common maps are of hosts, and a check has all of them. */
const frameOf = ({ http, ...rest }: NginxConfig): unknown => ({
  ...rest,
  http: {
    ...http,
    servers: [],
    upstreams: [],
    splits: [],
    zones: [],
    geos: http.geos.filter(isCommon),
    maps: http.maps.filter(isCommon).map(({ target }) => target),
  },
});

const changed = <T>(before: readonly T[], now: readonly T[], nameOf: (one: T) => string): ReadonlySet<T> => {
  const known = new Map(before.map((one) => [nameOf(one), one]));
  return new Set(now.filter((one) => !isSame(one, known.get(nameOf(one)))));
};

const nameOfServer = ({ names }: ServerBlock): string => names.map(({ text }) => text).join(' ');
const nameOfUpstream = ({ id }: UpstreamBlock): string => id.text;

const textOf = ({ statements, locations }: ServerBlock): string =>
  [...statements, ...locations.flatMap((location) => location.statements)].map(statementText).join('\n');

const wordsOf = (text: string): readonly string[] => text.match(/\w+/g) ?? [];
const argsText = (args: readonly NginxArg[]): string => args.map(({ text }) => text).join(' ');
const ZONE = /zone=(?<name>\w+)/;

/** The blocks of `http` that servers name, themselves or through others. */
const namedBy = (
  servers: readonly ServerBlock[],
  http: HttpBlock,
): Pick<HttpBlock, 'geos' | 'maps' | 'splits' | 'zones' | 'upstreams'> => {
  const words = new Set(servers.flatMap((server) => wordsOf(textOf(server))));
  const isNamed = (name: string, says: string): boolean => {
    const found = words.has(name);
    if (found) for (const word of wordsOf(says)) words.add(word);
    return found;
  };
  const isNamedVariable = (block: MapBlock | GeoBlock | SplitBlock): boolean =>
    isNamed(block.target.text.slice(1), argsText([block.source, ...block.lines.map(({ value }) => value)]));
  const zones = http.zones.filter(({ directive: { args } }) => {
    const all = argsText(args);
    return isNamed(ZONE.exec(all)?.groups?.['name'] ?? all, all);
  });
  const upstreams = http.upstreams.filter(({ id, directives }) =>
    isNamed(id.text, directives.map(({ args }) => argsText(args)).join(' ')),
  );
  let maps: readonly MapBlock[] = [];
  // Maps stand in the order of their names, and one may name any other.
  for (let known = 0; known < words.size;) {
    known = words.size;
    maps = http.maps.filter((block) => isCommon(block) || isNamedVariable(block));
  }
  return {
    zones,
    maps,
    geos: http.geos.filter((block) => isCommon(block) || isNamedVariable(block)),
    splits: http.splits.filter(isNamedVariable),
    upstreams,
  };
};

/** Servers that differ, with that of all other hosts, which has what they share, and what they name. */
const changedHttp = (before: HttpBlock, now: HttpBlock): HttpBlock => {
  const changedServers = changed(before.servers, now.servers, nameOfServer);
  const changedUpstreams = changed(before.upstreams, now.upstreams, nameOfUpstream);
  const servers = now.servers.filter((server) => server.catchAll || changedServers.has(server));
  const named = namedBy(servers, now);
  const wanted = new Set([...named.upstreams, ...changedUpstreams]);
  return { ...now, ...named, servers, upstreams: now.upstreams.filter((one) => wanted.has(one)) };
};

/**
 * The part of a plan that NGINX has not seen while another one was live, as a configuration of its own. `undefined` where
 * more changed than hosts, Services and what locations ask for.
 */
export const checkText = (live: Plan, next: Plan): string | undefined => {
  if (live.render !== next.render || !isSame(frameOf(live.config), frameOf(next.config))) return undefined;
  const part = { ...next.config, http: changedHttp(live.config.http, next.config.http) };
  return next.render(part)[0]?.text;
};

/** A line of the log names so many; one more says how many there are besides. */
const MOST_NAMES = 20;

const hostOf = (server: ServerBlock): string =>
  server.catchAll === undefined ? nameOfServer(server).replaceAll('"', '') : 'other hosts';

/** What a plan serves otherwise than the live one, for people: hosts, Services, and what all hosts share. */
export const changedParts = (live: Plan, next: Plan): readonly string[] => {
  const [before, now] = [live.config.http, next.config.http];
  const names = new Set(now.servers.map(nameOfServer));
  const gone = before.servers.filter((server) => !names.has(nameOfServer(server)));
  const all = [
    ...(isSame(frameOf(live.config), frameOf(next.config)) ? [] : ['settings']),
    ...[...changed(before.servers, now.servers, nameOfServer), ...gone].map(hostOf),
    ...[...changed(before.upstreams, now.upstreams, nameOfUpstream)].map(({ origin }) => origin.text),
  ];
  return all.length <= MOST_NAMES ? all : [...all.slice(0, MOST_NAMES), `${all.length - MOST_NAMES} more`];
};
