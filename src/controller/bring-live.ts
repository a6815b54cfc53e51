import { checkPath, type Generation, type RuntimeTable } from '../protocol/generation.ts';
import type { Outcome } from '../protocol/outcome.ts';
import type { LoopPorts, Planned } from './ports.ts';

/** One plan on its way to NGINX. */
export interface Passage<P> {
  /** The plan that went live last; absent before the first. */
  readonly live: P | undefined;
  readonly next: P;
  /** What is to be known besides, as it is at this moment: endpoints change while a generation is brought live. */
  readonly table: () => RuntimeTable;
}

/** What became of it, and of which generation NGINX spoke. */
export interface Tested {
  readonly generation: Generation;
  readonly outcome: Outcome;
  /** A generation that served in between. */
  readonly transition?: Generation;
}

/** The generation of a plan, with what is enough to test of it where `base` runs. */
const withCheck = ({ generation }: Planned, text: string | undefined, base: Generation | undefined): Generation =>
  text === undefined || base === undefined
    ? generation
    : { ...generation, files: [...generation.files, { path: checkPath(base.digest), text }] };

/** Publishes a plan; first a transition, where live traffic moves to an upstream that NGINX does not know yet. */
export const bringLive = async <P extends Planned>(
  { planner, publisher }: Pick<LoopPorts<P>, 'planner' | 'publisher'>,
  { live, next, table }: Passage<P>,
): Promise<Tested> => {
  const transition = live === undefined ? undefined : planner.transition(live, next);
  if (live !== undefined && transition !== undefined) {
    const outcome = await publisher.publish(transition, [...live.workerFiles, ...next.workerFiles], table);
    if (outcome.kind !== 'live') return { generation: transition, outcome };
  }
  const text = live === undefined ? undefined : planner.checkText(live, next);
  const generation = withCheck(next, text, transition ?? live?.generation);
  const outcome = await publisher.publish(generation, next.workerFiles, table);
  return { generation, outcome, ...(transition === undefined ? {} : { transition }) };
};
