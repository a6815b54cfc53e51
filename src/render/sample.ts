import { encode, keyword, type NginxArg } from '../nginx/argument.ts';
import { condition, directive, type Statement } from '../nginx/directive.ts';
import { mapBlock, splitBlock } from '../nginx/variable-blocks.ts';
import type {
  HttpBlock,
  Installation,
  LocationBlock,
  NginxConfig,
  ServerBlock,
  StreamBlock,
  StreamServer,
  UpstreamBlock,
} from '../nginx/tree.ts';

const file = (name: string): NginxArg => encode('file', `/sample/${name}`);
const origin = encode('comment', 'Ingress/sample/sample');

const installation: Required<Installation> = {
  pid: file('pid'),
  emergLog: file('emerg.log'),
  localHttp: file('local-http.conf'),
  resolver: file('resolver.conf'),
  verifySocket: encode('socket', '/sample/verify.sock'),
  encoderSocket: encode('socket', '/sample/encoder.sock'),
  authCache: file('auth-cache'),
  notFoundSocket: encode('socket', '/sample/not-found.sock'),
  temp: file('temp'),
};

const statements: readonly Statement[] = [
  { phase: 'content', origin, directive: directive('proxy_pass', 'http://sample') },
  {
    phase: 'tls-redirect',
    origin,
    condition: condition({ variable: 'pt_sample', equals: 'x' }, [directive('return', 308, '/')]),
  },
  { phase: 'snippet', origin, line: keyword('sample') },
];

const location: Required<LocationBlock> = {
  origin,
  modifier: keyword('='),
  path: encode('locationPath', '/'),
  statements,
};

const server: Required<ServerBlock> = {
  origins: [origin],
  names: [encode('serverName', 'sample.example')],
  listens: [{ address: encode('listenAddress', '80'), options: [keyword('default_server')] }],
  statements,
  locations: [location],
  catchAll: { healthPath: encode('ownPath', '/healthz') },
  certificate: encode('variable', 'pt_sample'),
  shieldsInner: true,
  hidesEmpty: true,
};

const upstream: Required<UpstreamBlock> = {
  origin,
  id: encode('id', 'sample'),
  zone: { name: encode('id', 'sample_zone'), size: encode('size', 8_388_608) },
  directives: [directive('hash', 'sample')],
  servers: [{ address: encode('address', 'sample.internal:80'), options: [keyword('resolve')] }],
};

const map = mapBlock('sample', 'pt_sample', [{ default: '' }, { key: 'a', value: 'b' }]);
const withOrigin = { ...map, lines: map.lines.map((line) => ({ ...line, origin })) };

const http: Required<HttpBlock> = {
  directives: [directive('http2', true)],
  statements,
  blocks: [{ name: keyword('sample'), directives: [directive('http2', true)] }],
  databases: [
    {
      file: file('sample.mmdb'),
      variables: [{ target: encode('variable', 'sample'), path: [keyword('sample')], otherwise: keyword('0') }],
    },
  ],
  geos: [{ ...withOrigin, origin }],
  maps: [{ ...withOrigin, origin }],
  splits: [{ ...splitBlock('pt_sample', { hundredths: 1, drawn: 'sample', rest: 'sample' }), origin }],
  zones: [{ origin, directive: directive('limit_conn_zone', 'sample', { name: 'sample', size: 1024 }) }],
  upstreams: [upstream],
  servers: [server],
  elsewhere: { listens: server.listens },
};

const streamServer: Required<StreamServer> = {
  origin,
  names: server.names,
  listens: server.listens,
  directives: [directive('ssl_preread', true)],
};

const stream: Required<StreamBlock> = {
  directives: [directive('proxy_timeout', 1)],
  statements,
  upstreams: [upstream],
  servers: [streamServer],
  elsewhere: { listens: server.listens },
};

/**
 * A configuration in which every field of every view is present: a template that prints it without a complaint names
 * only fields that exist. A new field breaks the build here until it has a sample.
 */
export const sampleConfig = (): Required<NginxConfig> => ({
  installation,
  main: { includes: [file('local.conf')], directives: [directive('worker_processes', 1)], statements },
  events: { directives: [directive('multi_accept', true)] },
  http,
  stream,
});
