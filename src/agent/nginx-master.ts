import type { Layout } from '../protocol/layout.ts';
import { readIfPresent } from './atomic-file.ts';
import { childrenOf, isAlive, readProcess, titleOf, type Process } from './processes.ts';

/** The NGINX master that runs our configuration; nothing where none runs. */
export const findMaster = async (run: Layout['run']): Promise<Process | undefined> => {
  const pid = Number.parseInt((await readIfPresent(run.pid)) ?? '', 10);
  const found = pid > 0 ? await readProcess(pid) : undefined;
  // The pid file may be older than the process that has its pid now.
  return found !== undefined && (await titleOf(pid)).includes(run.conf) ? found : undefined;
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
