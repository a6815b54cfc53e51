import { realpath } from 'node:fs/promises';
import type { Layout } from '../protocol/layout.ts';
import { readIfPresent } from './atomic-file.ts';
import { childrenOf, hasOpen, isAlive, readProcess, titleOf, type Process } from './processes.ts';

/** The NGINX master that runs our configuration; nothing where none runs. */
export const findMaster = async (run: Layout['run']): Promise<Process | undefined> => {
  const pid = Number.parseInt((await readIfPresent(run.pid)) ?? '', 10);
  const found = pid > 0 ? await readProcess(pid) : undefined;
  return found !== undefined && (await isOurs(found, run)) ? found : undefined;
};

/**
 * The pid file may be older than the process that has its pid now. A master's title names the configuration; where
 * NGINX was started through a loader of its own, Linux shows only the loader, and the open log tells.
 */
const isOurs = async ({ pid }: Process, run: Layout['run']): Promise<boolean> => {
  if ((await titleOf(pid)).includes(run.conf)) return true;
  const log = await realpath(run.emergLog).catch(() => run.emergLog);
  return hasOpen(pid, log);
};

/** The workers of a master, those that only finish what they began too. */
export const workersOf = async (master: Process): Promise<readonly Process[]> => {
  const children = await childrenOf(master.pid);
  const titles = await Promise.all(children.map(({ pid }) => titleOf(pid)));
  return children.filter((_, index) => !/cache (?:manager|loader) process/.test(titles[index] ?? ''));
};

/** Whether a worker takes new connections: it lives and was not told to finish. */
export const accepts = async (worker: Pick<Process, 'pid' | 'start'>): Promise<boolean> =>
  (await isAlive(worker)) && !(await titleOf(worker.pid)).includes('is shutting down');
