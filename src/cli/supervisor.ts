import { fork } from 'node:child_process';
import type { Logger } from '../agent/logger.ts';
import { listProcesses, type Process } from '../agent/processes.ts';
import { until } from '../agent/until.ts';
import type { Layout } from '../protocol/layout.ts';
import { invariant } from '../values/invariant.ts';
import { endInTurn } from './end-in-turn.ts';
import { adoptNginx, isStartable, orphanedWorkers, retireWorkers, startNginx, type Worker } from './nginx-process.ts';
import { keepRunning, type Exit, type Running } from './restart-loop.ts';

/** Something that is kept running. */
export interface Supervision {
  /** The end after which it was given up; nothing when it was stopped. Rejects on our own bug. */
  readonly ended: Promise<Exit | undefined>;
  /** Ends it, gently at first; resolves when nothing of it is left. */
  stop(): Promise<void>;
}

/** What NGINX is started with. */
export interface NginxSupervision {
  readonly binary: string;
  readonly run: Layout['run'];
  readonly log: Logger;
  /** How long requests may take to finish when NGINX is stopped. */
  readonly quitLimitMs?: number;
}

/** What a Node process of ours is started with. */
export interface ChildSupervision {
  readonly name: string;
  readonly module: string;
  readonly args: readonly string[];
  /** Exit codes after which starting again is pointless, unless it ran well before. */
  readonly finalCodes: readonly number[];
  readonly log: Logger;
  readonly stopLimitMs?: number;
}

const STOP_LIMIT_MS = 10_000;
const TERM_LIMIT_MS = 2_000;
const KILL_LIMIT_MS = 2_000;
const LOOK_EVERY_MS = 20;

/**
 * Keeps an NGINX master running from the moment that `current` leads to a configuration. Takes over one that runs
 * already: NGINX outlives this process too.
 *
 * Measured with 1.30.6: workers whose master was killed accept for ever, with the configuration that they have, and a
 * new master cannot bind (98; it gives up after 2.5 s). QUIT makes them close their sockets within 2 ms and
 * finish what they began. So they are retired before every start.
 */
export const superviseNginx = ({ binary, run, log, quitLimitMs = STOP_LIMIT_MS }: NginxSupervision): Supervision => {
  const stopping = new AbortController();
  const { signal } = stopping;
  let nginx: Running | undefined;
  let starting: Promise<Running> | undefined;
  let retired: readonly Worker[] = [];
  const startOnce = async (): Promise<Running> => {
    const adopted = await adoptNginx(run, signal);
    if (adopted === undefined) retired = await retireWorkers([...retired, ...(await orphanedWorkers(run, nginx?.pid))]);
    nginx = adopted ?? (await startNginx(binary, run));
    return nginx;
  };
  const start = (): Promise<Running> => (starting = startOnce());
  const supervise = async (): Promise<Exit | undefined> => {
    await until(() => isStartable(run), { limitMs: Infinity, everyMs: LOOK_EVERY_MS, signal });
    return keepRunning({ name: 'NGINX', start, log, signal });
  };
  const ended = supervise();
  const stop = async (): Promise<void> => {
    stopping.abort();
    await starting?.catch(() => undefined);
    await endInTurn(
      async () => [...retired, ...(await groupOf(nginx))],
      [
        { signal: 'SIGQUIT', limitMs: quitLimitMs },
        { signal: 'SIGTERM', limitMs: TERM_LIMIT_MS },
        { signal: 'SIGKILL', limitMs: KILL_LIMIT_MS },
      ],
    );
    await ended;
  };
  return { ended, stop };
};

/**
 * Keeps a Node process of ours running. Its IPC channel ends when this process dies in whatever way: the child listens
 * for `disconnect` and ends itself.
 */
export const superviseChild = (child: ChildSupervision): Supervision => {
  const stopping = new AbortController();
  let running: ForkedChild | undefined;
  const start = (): Promise<Running> => {
    running = forkChild(child);
    return Promise.resolve(running);
  };
  const isFinal = ({ code }: Exit, steady: boolean): boolean =>
    !steady && code !== undefined && child.finalCodes.includes(code);
  const ended = keepRunning({ name: child.name, start, isFinal, log: child.log, signal: stopping.signal });
  const stop = async (): Promise<void> => {
    stopping.abort();
    running?.disconnect();
    await endInTurn(
      () => groupOf(running),
      [
        { signal: 'SIGTERM', limitMs: child.stopLimitMs ?? STOP_LIMIT_MS },
        { signal: 'SIGKILL', limitMs: KILL_LIMIT_MS },
      ],
    );
    await ended;
  };
  return { ended, stop };
};

interface ForkedChild extends Running {
  /** An open channel with a listener keeps a Node process from ending when it has nothing left to do. */
  readonly disconnect: () => void;
}

/** In a group of its own: Ctrl-C reaches this process only, which knows the order in which to stop. */
const forkChild = ({ module, args }: ChildSupervision): ForkedChild => {
  const forked = fork(module, args, { detached: true, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  invariant(forked.pid !== undefined, 'this program can be started once more');
  const { promise: ended, resolve } = Promise.withResolvers<Exit>();
  forked.once('exit', (code, signal) => resolve(code === null ? { signal: signal ?? 'unknown' } : { code }));
  const disconnect = (): void => {
    if (forked.connected) forked.disconnect();
  };
  return { pid: forked.pid, ended, disconnect };
};

const groupOf = async (leader: Running | undefined): Promise<readonly Process[]> =>
  leader === undefined ? [] : (await listProcesses()).filter(({ group }) => group === leader.pid);
