import { once } from 'node:events';
import {
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from 'node:http';
import { connect as connectHttp2, type IncomingHttpHeaders as Http2Headers } from 'node:http2';
import { connect as connectTcp, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Echoed } from './echo-backend.ts';
import type { ReplayRequest } from './replay-requests.ts';
import { exchangeMessage } from './replay-websocket.ts';

/** What came back. */
export interface ReplayAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly trailers: NodeJS.Dict<string | readonly string[]>;
  readonly body: string;
  readonly certificate?: string;
  readonly cipher?: string;
  readonly protocol: 'h2' | 'http/1.1';
}

/** What came back, and what backends received beside the one that answered. */
export interface ReplayOutcome extends ReplayAnswer {
  readonly copies: readonly Echoed[];
}

/** Where NGINX listens. */
export interface ReplayPorts {
  readonly http: number;
  readonly https: number;
}

/** One connection per request: nothing that a request does reaches the next one. */
const open = async (request: ReplayRequest, ports: ReplayPorts): Promise<Socket | TLSSocket> => {
  const { scheme = 'http', from } = request;
  const port = ports[request.port ?? scheme];
  const plain = connectTcp({ host: '127.0.0.1', port, ...(from === undefined ? {} : { localAddress: from }) });
  await once(plain, 'connect');
  if (request.proxy !== undefined) plain.write(`PROXY ${request.proxy}\r\n`);
  if (scheme === 'http') return plain;
  const servername = request.sni ?? request.host.replace(/:\d+$/, '');
  const ALPNProtocols = request.h2 === true ? ['h2', 'http/1.1'] : [];
  const offer = request.ciphers === undefined ? {} : { ciphers: request.ciphers, maxVersion: 'TLSv1.2' as const };
  const socket = connectTls({ socket: plain, servername, ALPNProtocols, rejectUnauthorized: false, ...offer });
  await once(socket, 'secureConnect');
  return socket;
};

const bodyOf = ({ body, bodySize }: ReplayRequest): string | undefined =>
  bodySize === undefined ? body : 'a'.repeat(bodySize);

const handshake = (socket: Socket | TLSSocket): Pick<ReplayAnswer, 'certificate' | 'cipher'> => {
  if (!('getPeerCertificate' in socket)) return {};
  const { subject } = socket.getPeerCertificate();
  return { certificate: String(subject.CN), cipher: socket.getCipher().name };
};

const outgoing = (request: ReplayRequest): OutgoingHttpHeaders =>
  Object.fromEntries(
    Object.entries(request.headers ?? {}).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : [...value],
    ]),
  );

const isWebSocket = ({ headers }: ReplayRequest): boolean =>
  Object.entries(headers ?? {}).some(([name, value]) => name.toLowerCase() === 'upgrade' && value === 'websocket');

const readAnswer = async (response: IncomingMessage, socket: Socket): Promise<ReplayAnswer> => {
  const body = await buffer(response);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    trailers: response.trailers,
    body: body.toString(),
    protocol: 'http/1.1',
    ...handshake(socket),
  };
};

const askHttp1 = (request: ReplayRequest, socket: Socket): Promise<ReplayAnswer> =>
  new Promise((resolve, reject) => {
    const { host, method = 'GET', path } = request;
    const headers = { Host: host, ...outgoing(request) };
    const sent = httpRequest({ method, path, headers, setHost: false, createConnection: () => socket });
    sent.on('error', reject);
    sent.on('response', (response) => void readAnswer(response, socket).then(resolve, reject));
    sent.on('upgrade', (response, _, head) => {
      const upgraded = { status: 101, headers: response.headers, trailers: {}, protocol: 'http/1.1' as const };
      void exchangeMessage(socket, head, request.body ?? '').then((body) => resolve({ ...upgraded, body }), reject);
    });
    // The body of a handshake goes out as a message, once the connection is a WebSocket.
    if (isWebSocket(request)) sent.end();
    else sent.end(bodyOf(request));
  });

const askHttp2 = async (request: ReplayRequest, socket: TLSSocket): Promise<ReplayAnswer> => {
  const session = connectHttp2(`https://${request.host}`, { createConnection: () => socket });
  // Its streams end with the same error, and they are listened to.
  session.on('error', () => {});
  const pseudo = { ':authority': request.host, ':method': request.method ?? 'GET', ':path': request.path };
  const stream = session.request({ ...pseudo, ...outgoing(request) });
  const trailers: Record<string, string | string[]> = {};
  stream.on('trailers', (found: Http2Headers) => Object.assign(trailers, found));
  stream.end(bodyOf(request));
  const [headers] = (await once(stream, 'response')) as [Http2Headers & { readonly ':status'?: number }];
  const body = await buffer(stream);
  session.close();
  return {
    status: headers[':status'] ?? 0,
    headers,
    trailers,
    body: body.toString(),
    protocol: 'h2',
    ...handshake(socket),
  };
};

/** Sends one request on a connection of its own. */
export const ask = async (request: ReplayRequest, ports: ReplayPorts): Promise<ReplayAnswer> => {
  const socket = await open(request, ports);
  try {
    const speaksHttp2 = 'alpnProtocol' in socket && socket.alpnProtocol === 'h2';
    return await (speaksHttp2 ? askHttp2(request, socket) : askHttp1(request, socket));
  } finally {
    socket.destroy();
  }
};
