import { accepts, findMaster, workersOf } from '../../src/agent/nginx-master.ts';
import type { Layout } from '../../src/protocol/layout.ts';

/** Pids of the workers that take connections; those of before a reload, which only finish what they began, are none. */
export const acceptingWorkers = async (run: Layout['run']): Promise<readonly number[]> => {
  const master = await findMaster(run);
  const workers = master === undefined ? [] : await workersOf(master);
  const taking = await Promise.all(workers.map(accepts));
  return workers.filter((_, index) => taking[index]).map(({ pid }) => pid);
};
