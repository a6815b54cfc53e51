/** The part of NGINX that passes on bytes, where it takes the connections of clients before `http` does. */
import { needsRelay } from '../annotations/client-claims.ts';
import type { Settings } from '../annotations/index.ts';
import type { Site } from '../model/routing-model.ts';
import { encode, keyword, type NginxArg } from '../nginx/argument.ts';
import { directive, type Directive } from '../nginx/directive.ts';
import type { StreamServer } from '../nginx/tree.ts';
import { listensAt, type ListenHosts } from './listen-hosts.ts';
import { servesStreams, type PlanOptions } from './options.ts';

/** Whether it reads which host a TLS client asks for, because the TLS of some is passed on. */
const passesTls = ({ ports, capabilities }: PlanOptions): boolean => ports.passthrough && servesStreams(capabilities);

/** Whether it reads the PROXY protocol, because `http` has headers to read. */
export const relays = ({ capabilities }: PlanOptions, { forwarding }: Settings): boolean =>
  needsRelay(forwarding) && servesStreams(capabilities);

/** Whether the servers of `http` get TLS connections from it. */
export const usesTlsSocket = (options: PlanOptions, globals: Settings): boolean =>
  passesTls(options) || relays(options, globals);

/** The ports of clients on which it listens. */
export const frontPorts = (options: PlanOptions, globals: Settings): readonly number[] => [
  ...(relays(options, globals) ? [options.ports.http] : []),
  ...(usesTlsSocket(options, globals) ? [options.ports.https] : []),
];

type Socket = 'plain' | 'tls';

const pathOf = (socket: Socket, { layout }: PlanOptions): string => `${layout.run.root}/${socket}.sock`;

/** Where the servers of `http` get plain connections from it. */
export const plainSocket = (options: PlanOptions): NginxArg => encode('socket', pathOf('plain', options));

/** Where the servers of `http` get TLS connections from it. */
export const tlsSocket = (options: PlanOptions): NginxArg => encode('socket', pathOf('tls', options));

/** Options of a port on which connections begin with a line of the PROXY protocol. */
export const lineOptions = ({ forwarding }: Settings): readonly NginxArg[] =>
  forwarding['use-proxy-protocol'] ? [keyword('proxy_protocol')] : [];

/** The peers whose line of the PROXY protocol is believed. */
export const trustedPeers = ({ forwarding }: Settings): readonly Directive[] =>
  forwarding['proxy-real-ip-cidr'].map((network) => directive('set_real_ip_from', network));

const lineDirectives = (globals: Settings): readonly Directive[] => {
  const { 'use-proxy-protocol': hasLine, 'proxy-protocol-header-timeout': timeout } = globals.forwarding;
  return hasLine ? [...trustedPeers(globals), directive('proxy_protocol_timeout', timeout)] : [];
};

/** `pass` hands a connection over as it was accepted: no bytes are copied, and the client keeps its address. */
const handOver = (socket: Socket, options: PlanOptions): readonly Directive[] => [
  directive('access_log', 'off'),
  directive('pass', pathOf(socket, options)),
];

/** What listening for clients needs. */
export interface FrontContext {
  readonly options: PlanOptions;
  readonly globals: Settings;
  readonly hosts: ListenHosts['served'];
}

const passingServers = (
  sites: readonly Site<unknown>[],
  { options, globals, hosts }: FrontContext,
): readonly StreamServer[] => {
  const line = lineOptions(globals);
  const begins = [...lineDirectives(globals), directive('ssl_preread', true)];
  const passed = sites.flatMap(({ host, passthrough }): readonly StreamServer[] =>
    passthrough === undefined
      ? []
      : [
          {
            origin: encode('comment', passthrough.origin),
            names: [encode('serverName', host)],
            listens: listensAt(hosts, options.ports.https, line),
            directives: [...begins, directive('proxy_pass', passthrough.backend.id)],
          },
        ],
  );
  const rest: StreamServer = {
    origin: encode('comment', 'portico'),
    listens: listensAt(hosts, options.ports.https, [keyword('default_server'), ...line]),
    directives: [...begins, ...handOver('tls', options)],
  };
  return [rest, ...passed];
};

const relay = (port: number, socket: Socket, { options, globals, hosts }: FrontContext): StreamServer => ({
  origin: encode('comment', 'portico'),
  listens: listensAt(hosts, port, lineOptions(globals)),
  directives: [...lineDirectives(globals), ...handOver(socket, options)],
});

/** The servers that take connections of clients, and hand over those that are for `http`. */
export const frontServers = (sites: readonly Site<unknown>[], context: FrontContext): readonly StreamServer[] => {
  const { options, globals } = context;
  const relayed = relays(options, globals);
  return [
    ...(relayed ? [relay(options.ports.http, 'plain', context)] : []),
    ...(relayed && !passesTls(options) ? [relay(options.ports.https, 'tls', context)] : []),
    ...(passesTls(options) ? passingServers(sites, context) : []),
  ];
};
