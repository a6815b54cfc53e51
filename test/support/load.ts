import { Agent, request } from 'node:http';

/** What became of the requests of a load. */
export interface LoadResult {
  readonly answers: ReadonlyMap<string, number>;
  /** Requests that did not get 200, by status or by what broke. */
  readonly failures: ReadonlyMap<string, number>;
}

/** A running load. */
export interface Load {
  readonly stop: () => Promise<LoadResult>;
}

const once = (port: number, agent: Agent): Promise<{ readonly status: number; readonly pod: string }> =>
  new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, agent }, (answer) => {
      answer
        .resume()
        .once('end', () => resolve({ status: answer.statusCode ?? 0, pod: String(answer.headers['x-echo-pod']) }));
    });
    sent
      .setTimeout(5_000, () => sent.destroy(new Error('timeout')))
      .once('error', reject)
      .end();
  });

/** Sends requests one after the other on some kept connections and some fresh ones; nothing is ever sent again. */
export const startLoad = (port: number): Load => {
  const failures = new Map<string, number>();
  const answers = new Map<string, number>();
  const count = (map: Map<string, number>, key: string): unknown => map.set(key, (map.get(key) ?? 0) + 1);
  const end = new AbortController();
  const client = async (keepAlive: boolean): Promise<void> => {
    const agent = new Agent({ keepAlive, maxSockets: 1 });
    while (!end.signal.aborted) {
      try {
        const { status, pod } = await once(port, agent);
        count(status === 200 ? answers : failures, status === 200 ? pod : String(status));
      } catch (error) {
        count(failures, error instanceof Error && 'code' in error ? String(error.code) : String(error));
      }
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    agent.destroy();
  };
  const clients = [true, true, false, false].map(client);
  const stop = async (): Promise<LoadResult> => {
    end.abort();
    await Promise.all(clients);
    return { answers, failures };
  };
  return { stop };
};
