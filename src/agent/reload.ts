import type { Layout } from '../protocol/layout.ts';
import { removeDeadSockets } from './dead-sockets.ts';
import { EmergLog } from './emerg-log.ts';
import type { ErrorLine } from './error-lines.ts';
import { accepts, workersOf } from './nginx-master.ts';
import { sendSignal, type Process } from './processes.ts';
import { until } from './until.ts';
import { askGeneration } from './verify-socket.ts';

/** `live`: this generation serves every connection from now on · `silent`: neither that nor a refusal in time. */
export type Verdict =
  { readonly kind: 'live' | 'silent' } | { readonly kind: 'refused'; readonly lines: readonly ErrorLine[] };

/** A reload of what `current` leads to. */
export interface Reload {
  readonly run: Layout['run'];
  readonly master: Process;
  readonly digest: string;
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

const EVERY_MS = 20;

/**
 * Has NGINX load what `current` leads to and waits for the verdict. That the new generation answers is not enough:
 * the workers of before still accept for another 100 ms.
 */
export const reload = async ({ run, master, digest, limitMs, signal }: Reload): Promise<Verdict> => {
  const log = new EmergLog(run.emergLog);
  await log.skip();
  await removeDeadSockets(run);
  const before = await workersOf(master);
  sendSignal(master.pid, 'SIGHUP');
  const judge = async (): Promise<Verdict | undefined> => {
    if ((await askGeneration(run.verifySocket)) === digest && !(await anyAccepts(before))) return { kind: 'live' };
    const lines = (await log.lines()).filter(({ pid }) => pid === master.pid);
    return lines.some(isFinal) ? { kind: 'refused', lines } : undefined;
  };
  return (await until(judge, { limitMs, everyMs: EVERY_MS, signal })) ?? { kind: 'silent' };
};

/** NGINX tries to bind a taken port for 2.5 seconds before it gives up, which it says as well. */
export const isFinal = ({ level, text }: ErrorLine): boolean =>
  level === 'emerg' && !/^(?:bind|listen)\(\) .*Address already in use/.test(text);

const anyAccepts = async (workers: readonly Process[]): Promise<boolean> =>
  (await Promise.all(workers.map(accepts))).includes(true);
