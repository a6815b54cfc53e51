import { isNginxArg } from '../nginx/argument.ts';
import { statementText } from '../nginx/directive.ts';
import type { HttpBlock, NginxConfig, ServerBlock, UpstreamBlock } from '../nginx/tree.ts';
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

/** Everything but hosts and Services. Lines of maps are of hosts too, and a check has all of them. */
const frameOf = ({ http, ...rest }: NginxConfig): unknown => ({
  ...rest,
  http: { ...http, servers: [], upstreams: [], maps: http.maps.map(({ target }) => target) },
});

const changed = <T>(before: readonly T[], now: readonly T[], nameOf: (one: T) => string): ReadonlySet<T> => {
  const known = new Map(before.map((one) => [nameOf(one), one]));
  return new Set(now.filter((one) => !isSame(one, known.get(nameOf(one)))));
};

const nameOfServer = ({ names }: ServerBlock): string => names.map(({ text }) => text).join(' ');
const nameOfUpstream = ({ id }: UpstreamBlock): string => id.text;

const textOf = ({ locations }: ServerBlock): string =>
  locations.flatMap(({ statements }) => statements.map(statementText)).join('\n');

/** Servers that differ, with that of all other hosts, which has what they share; and the upstreams that they name. */
const changedHttp = (before: HttpBlock, now: HttpBlock): HttpBlock => {
  const changedServers = changed(before.servers, now.servers, nameOfServer);
  const changedUpstreams = changed(before.upstreams, now.upstreams, nameOfUpstream);
  const servers = now.servers.filter((server) => server.catchAll || changedServers.has(server));
  const named = servers.map(textOf).join('\n');
  const upstreams = now.upstreams.filter((one) => changedUpstreams.has(one) || named.includes(one.id.text));
  return { ...now, servers, upstreams };
};

/**
 * The part of a plan that NGINX has not seen while another one was live, as a configuration of its own. `undefined` where
 * more changed than hosts and Services.
 */
export const checkText = (live: Plan, next: Plan): string | undefined => {
  if (live.render !== next.render || !isSame(frameOf(live.config), frameOf(next.config))) return undefined;
  const part = { ...next.config, http: changedHttp(live.config.http, next.config.http) };
  return next.render(part)[0]?.text;
};
