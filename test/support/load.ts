import { Agent, request } from 'node:http';
import type { Socket } from 'node:net';

/** What became of the requests of a load. */
export interface LoadResult {
  readonly answers: ReadonlyMap<string, number>;
  /** Requests that did not get 200, by status or by what broke. */
  readonly failures: ReadonlyMap<string, number>;
  /** The same one by one. */
  readonly failed: readonly FailedRequest[];
}

/** A request without an answer of 200; times are those of `performance.now()`. */
export interface FailedRequest {
  readonly why: string;
  readonly at: number;
  /** When its connection was there, kept ones long before the request; absent where there was none. */
  readonly connectedAt?: number;
}

/** Whether NGINX had its connection, and with it the request, in its hands when a process of it ended at a time. */
export const wasInHandAt = (endedAt: number, { at, connectedAt }: FailedRequest): boolean =>
  connectedAt !== undefined && connectedAt <= endedAt && Math.abs(at - endedAt) < 1_000;

/** A running load. */
export interface Load {
  readonly stop: () => Promise<LoadResult>;
}

/** Whom the requests are for. */
export interface LoadTarget {
  /** 127.0.0.1 when absent. */
  readonly address?: string;
  readonly port: number;
  readonly host?: string;
  readonly path?: string;
}

/** When each connection was there. */
const connectedAt = new WeakMap<Socket, number>();

const once = (
  { address = '127.0.0.1', port, host, path }: LoadTarget,
  agent: Agent,
  onConnection: (at: number) => unknown,
): Promise<{ readonly status: number; readonly pod: string }> =>
  new Promise((resolve, reject) => {
    const headers = host === undefined ? {} : { host };
    const sent = request({ host: address, port, path: path ?? '/', headers, agent }, (answer) => {
      answer
        .resume()
        .once('end', () => resolve({ status: answer.statusCode ?? 0, pod: String(answer.headers['x-echo-pod']) }));
    });
    const onConnect = (socket: Socket): void => {
      connectedAt.set(socket, performance.now());
      onConnection(performance.now());
    };
    sent.once('socket', (socket) => {
      const before = connectedAt.get(socket);
      if (before === undefined) socket.once('connect', () => onConnect(socket));
      else onConnection(before);
    });
    sent
      .setTimeout(5_000, () => sent.destroy(new Error('timeout')))
      .once('error', reject)
      .end();
  });

/** Sends requests one after the other on some kept connections and some fresh ones; nothing is ever sent again. */
export const startLoad = (where: number | LoadTarget): Load => {
  const target = typeof where === 'number' ? { port: where } : where;
  const failures = new Map<string, number>();
  const answers = new Map<string, number>();
  const failed: FailedRequest[] = [];
  const count = (map: Map<string, number>, key: string): unknown => map.set(key, (map.get(key) ?? 0) + 1);
  const end = new AbortController();
  const client = async (keepAlive: boolean): Promise<void> => {
    const agent = new Agent({ keepAlive, maxSockets: 1 });
    while (!end.signal.aborted) {
      let connected: number | undefined;
      const fail = (why: string): void => {
        count(failures, why);
        failed.push({ why, at: performance.now(), ...(connected === undefined ? {} : { connectedAt: connected }) });
      };
      try {
        const { status, pod } = await once(target, agent, (at) => (connected = at));
        if (status === 200) count(answers, pod);
        else fail(String(status));
      } catch (error) {
        fail(error instanceof Error && 'code' in error ? String(error.code) : String(error));
      }
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    agent.destroy();
  };
  const clients = [true, true, false, false].map(client);
  const stop = async (): Promise<LoadResult> => {
    end.abort();
    await Promise.all(clients);
    return { answers, failures, failed };
  };
  return { stop };
};
