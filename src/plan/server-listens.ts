import type { Settings } from '../annotations/index.ts';
import { keyword, type NginxArg } from '../nginx/argument.ts';
import type { HttpBlock, ServerBlock } from '../nginx/tree.ts';
import { frontPorts, lineOptions, plainSocket, relays, tlsSocket, usesTlsSocket } from './front-servers.ts';
import { listenHosts, listensAt, queueOptions, type ListenHosts } from './listen-hosts.ts';
import type { PlanOptions } from './options.ts';
import { servesHttp3 } from './unmet-needs.ts';

/** A socket for each worker, because what belongs to a connection has to reach the worker that has it. */
const QUIC_OF_PORT = ['quic', 'default_server', 'reuseport'].map(keyword);

const quicListens = (
  catchAll: boolean,
  { served, refused }: ListenHosts,
  { ports }: PlanOptions,
): ServerBlock['listens'] => {
  const byDefault = ['quic', ...(catchAll ? ['default_server'] : [])].map(keyword);
  return listensAt(served, ports.https, catchAll && refused.length === 0 ? QUIC_OF_PORT : byDefault);
};

/** Where a server listens: on ports of clients, or on sockets where the part that passes on bytes does. */
export const serverListens = (
  catchAll: boolean,
  { options, globals }: { readonly options: PlanOptions; readonly globals: Settings },
): ServerBlock['listens'] => {
  const hosts = listenHosts(options, globals);
  const { served, refused } = hosts;
  const byDefault = catchAll ? [keyword('default_server')] : [];
  const ofPort = catchAll && refused.length === 0 ? queueOptions(globals) : [];
  // What comes through a socket has had its line of the PROXY protocol read.
  const direct = [...lineOptions(globals), ...byDefault, ...ofPort];
  const tls = keyword('ssl');
  return [
    ...(relays(options, globals)
      ? [{ address: plainSocket(options), options: byDefault }]
      : listensAt(served, options.ports.http, direct)),
    ...(usesTlsSocket(options, globals)
      ? [{ address: tlsSocket(options), options: [tls, ...byDefault] }]
      : listensAt(served, options.ports.https, [tls, ...direct])),
    ...(servesHttp3(options, globals) ? quicListens(catchAll, hosts, options) : []),
  ];
};

/** Where connections are closed, because bind-address names other addresses; absent where all are served. */
export const compileElsewhere = (options: PlanOptions, globals: Settings): Pick<HttpBlock, 'elsewhere'> => {
  const { refused } = listenHosts(options, globals);
  const { http, https } = options.ports;
  const taken = frontPorts(options, globals);
  const own = [http, https].filter((port) => !taken.includes(port));
  const quic = servesHttp3(options, globals) ? listensAt(refused, https, QUIC_OF_PORT) : [];
  if (refused.length === 0 || own.length + quic.length === 0) return {};
  const ofPort = [keyword('default_server'), ...queueOptions(globals)];
  const words = (port: number): readonly NginxArg[] => (port === https ? [keyword('ssl'), ...ofPort] : ofPort);
  return { elsewhere: { listens: [...own.flatMap((port) => listensAt(refused, port, words(port))), ...quic] } };
};
