import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';

/** A request as the server saw it. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  readonly accept: string;
  readonly body: string;
  readonly response: ServerResponse;
}

type Answer = (seen: Seen) => void;

/** An HTTP server in place of an API server, whose answers a test writes by hand. */
export interface FakeApiServer {
  readonly url: string;
  readonly seen: readonly Seen[];
  /** How the requests from now on are answered. */
  answer: Answer;
  /** Resolves with the first request, now or later, that fits. */
  request(fits: (seen: Seen) => boolean): Promise<Seen>;
  config(token?: string): KubeConfig;
  close(): Promise<void>;
}

/** Sends JSON and ends the response. */
export const sendJson = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

/** Sends a whole listing, or one page of it. */
export const sendList = (
  { response }: Seen,
  items: readonly unknown[],
  { version = '1', token = '' }: { readonly version?: string; readonly token?: string } = {},
): void => sendJson(response, 200, { metadata: { resourceVersion: version, continue: token }, items });

/** Whether the request is the start of a watch. */
export const isWatch = ({ query }: Seen): boolean => query.get('watch') === '1';

const read = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};

/** Starts the server; every collection is empty and quiet until the test says otherwise. */
export const startFakeApiServer = async (): Promise<FakeApiServer> => {
  const seen: Seen[] = [];
  const waiting = new Set<() => void>();
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://fake');
    const { authorization, accept = '' } = request.headers;
    const body = await read(request);
    const one = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      authorization,
      accept,
      body,
      response,
    };
    seen.push(one);
    fake.answer(one);
    for (const look of waiting) look();
  };
  const server = createServer((request, response) => void take(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fake: FakeApiServer = {
    url,
    seen,
    answer: (one) => (isWatch(one) ? one.response.writeHead(200).flushHeaders() : sendList(one, [])),
    request: (fits) => {
      const { promise, resolve } = Promise.withResolvers<Seen>();
      const look = (): void => {
        const found = seen.find(fits);
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
      return promise;
    },
    config(token) {
      const config = new KubeConfig();
      config.loadFromClusterAndUser(
        { name: 'fake', server: url, skipTLSVerify: true },
        { name: 'me', ...(token === undefined ? {} : { token }) },
      );
      return config;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return fake;
};
