import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import {
  createServer as createH2cServer,
  createSecureServer as createH2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { echoWebSocket } from './echo-websocket.ts';

/** How an echo backend is spoken to; `h2` and `https` need `tls`. */
export type EchoProtocol = 'http' | 'https' | 'h2c' | 'h2';

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
}

/**
 * Starts an HTTP server that answers each request with what it received. The query steers it: `status=N`, `delay=MS`,
 * `bytes=N` (a body of N letters instead), `header=NAME:VALUE` (may be repeated), `close=1` (the connection ends without an answer). `application/grpc` gets its
 * message back with `grpc-status: 0`; a WebSocket gets the name, then every message back.
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

type EchoRequest = IncomingMessage | Http2ServerRequest;
type EchoResponse = ServerResponse | Http2ServerResponse;

const createEchoServer = (options: EchoOptions): Server => {
  const answerAll = (request: EchoRequest, response: EchoResponse): void => {
    // A client that goes away in the middle is no error of an echo.
    echo(options.name, request, response).catch(() => request.destroy());
  };
  // NGINX keeps idle connections for 60 s: a backend that gives up earlier makes it answer 502 by chance.
  const http1 = { keepAliveTimeout: 75_000, maxHeaderSize: 65_536 };
  const upgrade = (request: IncomingMessage, socket: Socket): void => echoWebSocket(options.name, request, socket);
  const listener: RequestListener = answerAll;
  const servers: Record<EchoProtocol, () => Server> = {
    http: () => createServer(http1, listener).on('upgrade', upgrade),
    https: () => createHttpsServer({ ...http1, ...options.tls }, listener).on('upgrade', upgrade),
    h2c: () => createH2cServer(answerAll),
    h2: () => createH2Server({ ...options.tls }, answerAll),
  };
  return servers[options.protocol ?? 'http']();
};

const echo = async (name: string, request: EchoRequest, response: EchoResponse): Promise<void> => {
  const body = await readBody(request);
  const query = new URLSearchParams(request.url?.split('?')[1]);
  if (query.has('delay')) await setTimeout(Number(query.get('delay')), undefined, { ref: false });
  if (query.has('close')) {
    request.socket.destroy();
    return;
  }
  const grpc = request.headers['content-type']?.startsWith('application/grpc') ?? false;
  response.statusCode = wantedStatus(query);
  for (const header of query.getAll('header')) {
    const colon = header.indexOf(':');
    response.appendHeader(header.slice(0, colon), header.slice(colon + 1));
  }
  response.setHeader('x-echo-pod', name);
  response.setHeader('content-type', grpc ? 'application/grpc' : 'application/json');
  if (grpc) response.addTrailers({ 'grpc-status': '0' });
  const text = query.has('bytes')
    ? 'a'.repeat(Number(query.get('bytes')))
    : JSON.stringify(describeRequest(name, request, body));
  (response as ServerResponse).end(grpc ? body : text);
};

const readBody = async (request: EchoRequest): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

const wantedStatus = (query: URLSearchParams): number => {
  const status = Number(query.get('status') ?? 200);
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
});
