import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import {
  createServer as createH2cServer,
  createSecureServer as createH2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { createFastCgiServer, type FastCgiRequest } from './echo-fastcgi.ts';
import { echoWebSocket } from './echo-websocket.ts';

/** How an echo backend is spoken to; `h2` and `https` need `tls`. */
export type EchoProtocol = 'http' | 'https' | 'h2c' | 'h2' | 'fastcgi';

/** What an echo backend shall be. */
export interface EchoOptions {
  /** Sent back as `x-echo-pod` and in the body, so that a test sees which backend answered. */
  readonly name: string;
  readonly protocol?: EchoProtocol;
  /** 127.0.0.1 when absent. */
  readonly address?: string;
  /** A free one when absent. */
  readonly port?: number;
  /** PEM texts. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Is told of every request before it is answered. */
  readonly onRequest?: (request: Echoed) => void;
  /** Answers as a backend of error pages does: with the status that `X-Code` says, 404 without one. */
  readonly servesErrors?: boolean;
}

/** A running echo backend. */
export interface Echo {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** Stops listening and cuts every connection. */
  readonly close: () => Promise<void>;
}

/** What the body of an answer says of its request, as JSON. */
export interface Echoed {
  readonly name: string;
  readonly method: string;
  readonly url: string;
  readonly httpVersion: string;
  /** As received: order, case and repetitions kept; HTTP/2 has its pseudo headers first. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly bodyLength: number;
  /** The name that the client of a TLS connection asked for. */
  readonly sni?: string;
  /** Common name of the certificate that the client of a TLS connection showed, whoever signed it. */
  readonly certificate?: string;
}

/**
 * Starts an HTTP server that answers each request with what it received. The query steers it: `status=N`, `delay=MS`,
 * `bytes=N` (a body of N letters instead), `ctype=TYPE`, `header=NAME:VALUE` (may be repeated), `reflect=NAME`
 * (may be repeated: a header that it received comes back as `x-seen-NAME`), `close=1` (the connection ends without an
 * answer). `application/grpc` gets its message back with `grpc-status: 0`; a WebSocket gets the name, then
 * every message back. What is no HTTP gets 400 with `x-echo-client-error`.
 */
export const startEcho = async (options: EchoOptions): Promise<Echo> => {
  const server = createEchoServer(options);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).once('close', () => sockets.delete(socket));
  });
  const address = options.address ?? '127.0.0.1';
  await listen(server, options.port ?? 0, address);
  return {
    name: options.name,
    address,
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
};

const listen = (server: Server, port: number, address: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => resolve());
  });

/** Asks for a certificate and takes any, or none. */
const ASKS = { requestCert: true, rejectUnauthorized: false };

type EchoRequest = IncomingMessage | Http2ServerRequest;
type EchoResponse = ServerResponse | Http2ServerResponse;

const createEchoServer = (options: EchoOptions): Server => {
  const answerAll = (request: EchoRequest, response: EchoResponse): void => {
    // A client that goes away in the middle is no error of an echo.
    echo(options, request, response).catch(() => request.destroy());
  };
  // NGINX keeps idle connections for 60 s: a backend that gives up earlier makes it answer 502 by chance.
  const http1 = { keepAliveTimeout: 75_000, maxHeaderSize: 65_536 };
  const upgrade = (request: IncomingMessage, socket: Socket): void => {
    options.onRequest?.(describeRequest(options.name, request, Buffer.alloc(0)));
    echoWebSocket(options.name, request, socket);
  };
  const refuse = (_: Error, socket: Duplex): void =>
    void socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nX-Echo-Client-Error: 1\r\n\r\n');
  const listener: RequestListener = answerAll;
  const servers: Record<EchoProtocol, () => Server> = {
    http: () => createServer(http1, listener).on('upgrade', upgrade).on('clientError', refuse),
    https: () => createHttpsServer({ ...http1, ...options.tls, ...ASKS }, listener).on('upgrade', upgrade),
    h2c: () => createH2cServer(answerAll),
    h2: () => createH2Server({ ...options.tls, ...ASKS }, answerAll),
    fastcgi: () => createFastCgiServer((request) => cgiDocument(options, request)),
  };
  return servers[options.protocol ?? 'http']();
};

/** Its parameters stand in place of headers. */
const cgiDocument = ({ name, onRequest }: EchoOptions, { params, body }: FastCgiRequest): string => {
  const told = new Map(params);
  const described: Echoed = {
    name,
    method: told.get('REQUEST_METHOD') ?? '',
    url: told.get('REQUEST_URI') ?? '',
    httpVersion: (told.get('SERVER_PROTOCOL') ?? '').replace('HTTP/', ''),
    headers: params,
    bodyLength: body.length,
  };
  onRequest?.(described);
  const status = new URLSearchParams(told.get('QUERY_STRING')).get('status') ?? '200';
  const head = [`Status: ${status}`, 'Content-Type: application/json', `X-Echo-Pod: ${name}`];
  return [...head, '', JSON.stringify(described)].join('\r\n');
};

const echo = async (options: EchoOptions, request: EchoRequest, response: EchoResponse): Promise<void> => {
  const body = await readBody(request);
  const described = describeRequest(options.name, request, body);
  options.onRequest?.(described);
  const query = new URLSearchParams(request.url?.split('?')[1]);
  if (query.has('delay')) await setTimeout(Number(query.get('delay')), undefined, { ref: false });
  if (query.has('close')) {
    request.socket.destroy();
    return;
  }
  const grpc = request.headers['content-type']?.startsWith('application/grpc') ?? false;
  response.statusCode = wantedStatus(
    options.servesErrors === true ? (request.headers['x-code'] ?? 404) : query.get('status'),
  );
  for (const header of query.getAll('header')) {
    const colon = header.indexOf(':');
    response.appendHeader(header.slice(0, colon), header.slice(colon + 1));
  }
  for (const header of query.getAll('reflect'))
    response.setHeader(`x-seen-${header}`, request.headers[header.toLowerCase()] ?? '(absent)');
  response.setHeader('x-echo-pod', options.name);
  response.setHeader('content-type', grpc ? 'application/grpc' : (query.get('ctype') ?? 'application/json'));
  if (grpc) response.addTrailers({ 'grpc-status': '0', 'grpc-message': 'ok' });
  const text = query.has('bytes') ? 'a'.repeat(Number(query.get('bytes'))) : JSON.stringify(described);
  // Without a body to send, as for HEAD, Node does not say how long it would be.
  const isBodiless = response.statusCode === 204 || response.statusCode === 304;
  if (request.httpVersionMajor === 1 && !isBodiless) response.setHeader('content-length', Buffer.byteLength(text));
  (response as ServerResponse).end(grpc ? body : text);
};

const readBody = async (request: EchoRequest): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

const wantedStatus = (text: string | string[] | number | null): number => {
  const status = Number(text ?? 200);
  return Number.isInteger(status) && status >= 200 && status <= 599 ? status : 200;
};

const describeRequest = (name: string, request: EchoRequest, body: Buffer): Echoed => ({
  name,
  method: request.method ?? '',
  url: request.url ?? '',
  httpVersion: request.httpVersion,
  headers: Array.from({ length: request.rawHeaders.length / 2 }, (_, index) => [
    request.rawHeaders[2 * index] ?? '',
    request.rawHeaders[2 * index + 1] ?? '',
  ]),
  bodyLength: body.length,
  ...sniOf(request.socket as TLSSocket),
  ...certificateOf(request.socket as TLSSocket),
});

/** Node says false where the client named nobody. */
const sniOf = ({ servername }: Partial<Pick<TLSSocket, 'servername'>>): { readonly sni?: string } =>
  typeof servername === 'string' ? { sni: servername } : {};

/** A server that speaks without TLS has no such method. */
const certificateOf = (
  socket: Partial<Pick<TLSSocket, 'getPeerX509Certificate'>>,
): { readonly certificate?: string } => {
  const [, certificate] = /^CN=(.*)$/m.exec(socket.getPeerX509Certificate?.()?.subject ?? '') ?? [];
  return certificate === undefined ? {} : { certificate };
};
