import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Fault } from '../problems/fault.ts';

/** A running health server. */
export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Where to listen, and what to ask. */
export interface HealthOptions {
  /** Absent: every address. */
  readonly host?: string;
  /** 0: any free port. */
  readonly port: number;
  /** Where health is asked for. */
  readonly path: string;
  readonly isHealthy: () => boolean;
  /** In the text format of Prometheus. */
  readonly metrics: () => Promise<string>;
}

interface Page {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const PLAIN = 'text/plain; charset=utf-8';
const PROMETHEUS = 'text/plain; version=0.0.4; charset=utf-8';

const pageOf = async (asked: string, { path, isHealthy, metrics }: HealthOptions): Promise<Page> => {
  if (asked === '/metrics') return { status: 200, type: PROMETHEUS, body: await metrics() };
  if (asked !== path) return { status: 404, type: PLAIN, body: 'not found' };
  return isHealthy() ? { status: 200, type: PLAIN, body: 'ok' } : { status: 500, type: PLAIN, body: 'not healthy' };
};

/** Answers `GET` of the path with 200 or 500, and `GET /metrics`; a Fault where it cannot listen. */
export const startHealthServer = async (options: HealthOptions): Promise<HealthServer> => {
  const { host = '0.0.0.0', port } = options;
  const answer = async ({ method, url = '' }: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { status, type, body } = await pageOf(method === 'GET' ? url : '', options);
    response.writeHead(status, { 'content-type': type }).end(body);
  };
  const server = createServer((request, response) => void answer(request, response));
  server.listen(port, host);
  await once(server, 'listening').catch((error: unknown) => {
    throw new Fault('port-in-use', `health port ${port} cannot be used; another one is chosen by --healthz-port`, {
      cause: error,
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
