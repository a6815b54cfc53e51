import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { readMemory } from '../agent/memory.ts';
import { accepts, findMaster } from '../agent/nginx-master.ts';
import { isAlive, listProcesses, sendSignal, type Process } from '../agent/processes.ts';
import { until } from '../agent/until.ts';
import { Fault } from '../problems/fault.ts';
import type { Layout } from '../protocol/layout.ts';
import type { Running } from './restart-loop.ts';

/** A worker of NGINX, told from one that gets its pid later. */
export type Worker = Pick<Process, 'pid' | 'start'>;

const ADOPTED_LOOK_EVERY_MS = 100;
const RETIRE_LIMIT_MS = 1_000;
const RETIRE_LOOK_EVERY_MS = 10;

/** Whether the agent wrote all that NGINX needs for its start. */
export const isStartable = (run: Layout['run']): Promise<true | undefined> =>
  lstat(run.conf).then(
    () => true,
    () => undefined,
  );

/** Starts a master that leads a process group of its own and is not ended together with this process. */
export const startNginx = async (binary: string, run: Layout['run']): Promise<Running> => {
  await removeSockets(run);
  const args = ['-p', run.root, '-c', run.conf, '-e', 'stderr', '-g', 'daemon off;'];
  const started = execa(binary, args, {
    detached: true,
    cleanup: false,
    stdin: 'ignore',
    stdout: 'inherit',
    stderr: 'inherit',
    reject: false,
  });
  if (started.pid === undefined) throw new Fault('nginx-missing', `${binary} could not be started`);
  const ended = started.then(({ exitCode: code, signal }) => ({
    ...(code !== undefined && { code }),
    ...(signal && { signal }),
  }));
  return { pid: started.pid, ended };
};

/** The master that an earlier supervisor left running; nothing where there is none. */
export const adoptNginx = async (run: Layout['run'], signal: AbortSignal): Promise<Running | undefined> => {
  const master = await findMaster(run);
  if (master === undefined || master.group !== master.pid) return undefined;
  const gone = async (): Promise<true | undefined> => ((await isAlive(master)) ? undefined : true);
  const ended = until(gone, { limitMs: Infinity, everyMs: ADOPTED_LOOK_EVERY_MS, signal });
  return { pid: master.pid, ended: ended.then(() => ({})) };
};

/**
 * Workers that outlived their master: those of its process group, their parent being gone, and those that the agent
 * counted, where an earlier supervisor was killed as well.
 */
export const orphanedWorkers = async (run: Layout['run'], group: number | undefined): Promise<readonly Worker[]> => {
  const members = (await listProcesses()).filter((one) => one.group === group);
  return [...members, ...(await readMemory(run)).workers];
};

/** Makes workers stop accepting, those that do not obey by force; gives those that still finish what they began. */
export const retireWorkers = async (workers: readonly Worker[]): Promise<readonly Worker[]> => {
  const living = await filterAsync(workers, isAlive);
  for (const { pid } of living) sendSignal(pid, 'SIGQUIT');
  const allRetired = async (): Promise<true | undefined> =>
    (await filterAsync(living, accepts)).length === 0 ? true : undefined;
  const patience = { limitMs: RETIRE_LIMIT_MS, everyMs: RETIRE_LOOK_EVERY_MS, signal: new AbortController().signal };
  await until(allRetired, patience);
  for (const { pid } of await filterAsync(living, accepts)) sendSignal(pid, 'SIGKILL');
  return filterAsync(living, isAlive);
};

/** NGINX does not start where a socket lies that a killed master left behind. */
const removeSockets = async ({ root }: Layout['run']): Promise<void> => {
  const entries = await readdir(root, { withFileTypes: true });
  await Promise.all(
    entries.filter((entry) => entry.isSocket()).map(({ name }) => rm(join(root, name), { force: true })),
  );
};

const filterAsync = async <T>(values: readonly T[], keep: (value: T) => Promise<boolean>): Promise<readonly T[]> => {
  const kept = await Promise.all(values.map(keep));
  return values.filter((_, index) => kept[index]);
};
