import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Fault } from '../problems/fault.ts';

/** A running health server. */
export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Where to listen, and what to ask. */
export interface HealthOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly isHealthy: () => boolean;
}

/** Answers `GET /healthz` with 200 or 500; a Fault where it cannot listen. */
export const startHealthServer = async ({ host, port, isHealthy }: HealthOptions): Promise<HealthServer> => {
  const server = createServer((request, response) => {
    const isKnown = request.method === 'GET' && request.url === '/healthz';
    const [status, body] = !isKnown ? [404, 'not found'] : isHealthy() ? [200, 'ok'] : [500, 'not healthy'];
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(body);
  });
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
