import { readdir, readFile } from 'node:fs/promises';
import { hasCode } from '../values/thrown.ts';

/** A living process of this machine. */
export interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** Clock ticks between the boot and its start: with the pid, what no other process ever has. */
  readonly start: number;
}

/** The process with this pid; nothing where there is none, or only what is left of one. */
export const readProcess = async (pid: number): Promise<Process | undefined> => {
  const stat = await readProc(pid, 'stat');
  return stat === undefined ? undefined : parseStat(stat);
};

/** Reads a line of `/proc/<pid>/stat`; nothing for a zombie. */
export const parseStat = (stat: string): Process | undefined => {
  // The name of the program stands in brackets and may hold anything, brackets too.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state = '', parent, group] = fields;
  if (state === '' || 'ZXx'.includes(state)) return undefined;
  return { pid: Number.parseInt(stat, 10), parent: Number(parent), group: Number(group), start: Number(fields[19]) };
};

/** All living processes that this process may see. */
export const listProcesses = async (): Promise<readonly Process[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(pids.map((pid) => readProcess(Number(pid))));
  return found.flatMap((one) => one ?? []);
};

/** The living children of a process. */
export const childrenOf = async (pid: number): Promise<readonly Process[]> => {
  const children = await readProc(pid, `task/${pid}/children`);
  // Some kernels are built without that file.
  if (children === undefined) return (await listProcesses()).filter(({ parent }) => parent === pid);
  const found = await Promise.all(
    children
      .split(' ')
      .filter(Boolean)
      .map((child) => readProcess(Number(child))),
  );
  return found.flatMap((one) => one ?? []);
};

/** Whether this very process still lives, not one that got its pid. */
export const isAlive = async ({ pid, start }: Pick<Process, 'pid' | 'start'>): Promise<boolean> =>
  (await readProcess(pid))?.start === start;

/** What a process calls itself (NGINX rewrites it), or how it was called. */
export const titleOf = async (pid: number): Promise<string> =>
  ((await readProc(pid, 'cmdline')) ?? '').replaceAll('\0', ' ').trim();

/** Sends a signal; says whether there was anybody to receive it. */
export const sendSignal = (pid: number, signal: NodeJS.Signals): boolean => {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (hasCode(error, 'ESRCH')) return false;
    throw error;
  }
};

const readProc = async (pid: number, file: string): Promise<string | undefined> => {
  try {
    return await readFile(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
};
