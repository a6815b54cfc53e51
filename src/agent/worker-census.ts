import type { Layout } from '../protocol/layout.ts';
import type { Status } from '../protocol/messages.ts';
import type { KnownWorker } from './memory.ts';
import { accepts, findMaster, workersOf } from './nginx-master.ts';
import { isAlive, type Process } from './processes.ts';
import { askGeneration } from './verify-socket.ts';

/** In the place of a digest, for a worker that finishes what it began under a generation nobody remembers. */
export const UNKNOWN = 'unknown';

/**
 * The living workers and what each runs: as remembered, or else what NGINX answers now. Workers whose master was
 * killed are no longer anybody's children, but they still read files of their generation.
 */
export const countWorkers = async (
  run: Layout['run'],
  known: readonly KnownWorker[],
): Promise<readonly KnownWorker[]> => {
  const certain = known.filter(({ digest }) => digest !== UNKNOWN);
  const living = await Promise.all(certain.map(isAlive));
  const survivors = certain.filter((_, index) => living[index]);
  const master = await findMaster(run);
  const children = master === undefined ? [] : await workersOf(master);
  const strangers = children.filter(
    (child) => !survivors.some((one) => one.pid === child.pid && one.start === child.start),
  );
  return [...survivors, ...(await identify(run, strangers))];
};

const identify = async (run: Layout['run'], strangers: readonly Process[]): Promise<readonly KnownWorker[]> => {
  if (strangers.length === 0) return [];
  const answered = (await askGeneration(run.verifySocket)) ?? UNKNOWN;
  const accepting = await Promise.all(strangers.map(accepts));
  return strangers.map(({ pid, start }, index) => ({
    pid,
    start,
    digest: accepting[index] === true ? answered : UNKNOWN,
  }));
};

/** How many workers run each generation. */
export const generationCounts = (workers: readonly KnownWorker[]): Status['generations'] => {
  const groups = Object.entries(Object.groupBy(workers, ({ digest }) => digest));
  return groups.map(([digest, members = []]) => ({ digest, workers: members.length }));
};
