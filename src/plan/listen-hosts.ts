import type { Settings } from '../annotations/index.ts';
import { encode, keyword, type NginxArg } from '../nginx/argument.ts';
import type { ServerBlock } from '../nginx/tree.ts';
import type { PlanOptions } from './options.ts';

/** What stands before a port in `listen`. */
export interface ListenHosts {
  /** Where clients are served. */
  readonly served: readonly string[];
  /** Where connections are accepted and closed, because the port is served at some addresses only. */
  readonly refused: readonly string[];
}

/** All addresses of a family. */
const ALL = { ipv4: '', ipv6: '[::]:' } as const;

const UNSPECIFIED: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

type ListenFamily = keyof typeof ALL;

const hostsOf = (family: ListenFamily, asked: readonly string[]): ListenHosts => {
  const own = asked.filter((address) => address.includes(':') === (family === 'ipv6'));
  if (own.length === 0) return { served: [], refused: [] };
  if (own.some((address) => UNSPECIFIED.has(address))) return { served: [ALL[family]], refused: [] };
  const hosts = own.map((address) => (family === 'ipv6' ? `[${address}]:` : `${address}:`));
  return { served: hosts, refused: [ALL[family]] };
};

const NOBODY_ELSE: ListenHosts = { served: ['127.0.0.1:'], refused: [ALL.ipv4] };

/**
 * Where NGINX listens. It cannot bind an address while an older generation holds the port at all addresses, so the port
 * stays bound as a whole and bind-address decides which connections are served.
 */
export const listenHosts = ({ capabilities }: PlanOptions, { listeners }: Pick<Settings, 'listeners'>): ListenHosts => {
  const hasIpv6 = capabilities.ipv6 && !listeners['disable-ipv6'];
  const all: readonly ListenFamily[] = hasIpv6 ? ['ipv4', 'ipv6'] : ['ipv4'];
  const asked = listeners['bind-address']?.taken;
  if (asked === undefined) return { served: all.map((family) => ALL[family]), refused: [] };
  const found = all.map((family) => hostsOf(family, asked));
  const served = found.flatMap((one) => one.served);
  return served.length === 0 ? NOBODY_ELSE : { served, refused: found.flatMap((one) => one.refused) };
};

/** Options of the ports of `http`, said once for all servers that listen there. */
export const queueOptions = ({ listeners }: Pick<Settings, 'listeners'>): readonly NginxArg[] =>
  listeners['reuse-port'] ? [keyword('reuseport')] : [];

/** Where a server listens on a port, with these options. */
export const listensAt = (
  hosts: readonly string[],
  port: number,
  options: readonly NginxArg[],
): ServerBlock['listens'] => hosts.map((host) => ({ address: encode('listenAddress', `${host}${port}`), options }));
