import { readFile } from 'node:fs/promises';

/** Resident memory of a process in MB. */
export const residentMegabytes = async (pid: number): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1_024;
};

/** Memory of processes together in MB, shared pages counted once. */
export const proportionalMegabytes = async (pids: readonly number[]): Promise<number> => {
  const texts = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/smaps_rollup`, 'utf8')));
  return texts.reduce((sum, text) => sum + Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1]), 0) / 1_024;
};

/** Time that processes spent on a processor so far, together, in microseconds. */
export const processorMicroseconds = async (pids: readonly number[]): Promise<number> => {
  const texts = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/schedstat`, 'utf8')));
  return texts.reduce((sum, text) => sum + Number(text.split(' ')[0]), 0) / 1_000;
};
