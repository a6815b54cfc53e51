import { isAlive, sendSignal, type Process } from '../agent/processes.ts';
import { until } from '../agent/until.ts';

/** A signal, and how long to wait for its effect. */
export interface EndingStep {
  readonly signal: NodeJS.Signals;
  readonly limitMs: number;
}

const LOOK_EVERY_MS = 20;
const uninterrupted = new AbortController().signal;

/** Sends signal after signal until none of these processes is left. */
export const endInTurn = async (
  find: () => Promise<readonly Pick<Process, 'pid' | 'start'>[]>,
  steps: readonly EndingStep[],
): Promise<void> => {
  for (const { signal, limitMs } of steps) {
    for (const one of await living(find)) sendSignal(one.pid, signal);
    const gone = async (): Promise<true | undefined> => ((await living(find)).length === 0 ? true : undefined);
    if ((await until(gone, { limitMs, everyMs: LOOK_EVERY_MS, signal: uninterrupted })) === true) return;
  }
};

const living = async (
  find: () => Promise<readonly Pick<Process, 'pid' | 'start'>[]>,
): Promise<readonly Pick<Process, 'pid' | 'start'>[]> => {
  const found = await find();
  const alive = await Promise.all(found.map(isAlive));
  return found.filter((_, index) => alive[index]);
};
