import type { Outcome } from '../protocol/outcome.ts';
import { invariant } from '../values/invariant.ts';
import type { Tested } from './bring-live.ts';
import type { Planned, Summary } from './ports.ts';
import { describeError } from './refusal.ts';

/** A test of a round, and how long its parts took. */
export interface Trial<P> {
  readonly next: P;
  readonly tested: Tested;
  /** Whether it took a publication, because something else ran. */
  readonly published: boolean;
  /** What is served otherwise since. */
  readonly changed: readonly string[];
  readonly planMs: number;
  readonly publishMs: number;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

/** The last of these tests. */
export const lastOf = <P>(trials: readonly Trial<P>[]): Trial<P> => {
  const last = trials.at(-1);
  invariant(last !== undefined, 'a reconcile makes a plan at least');
  return last;
};

/** What these tests came to, but for how they ended. */
export const summaryOf = <P extends Planned>(trials: readonly Trial<P>[]): Omit<Summary, 'outcome' | 'objects'> => {
  const { next } = lastOf(trials);
  return {
    digest: next.generation.digest,
    problems: next.problems.length,
    changed: [...new Set(trials.flatMap((trial) => trial.changed))],
    tests: trials.filter((trial) => trial.published).length,
    planMs: sum(trials.map((trial) => trial.planMs)),
    publishMs: sum(trials.map((trial) => trial.publishMs)),
  };
};

/** What speaks against a plan that did not go live. */
export const complaints = (outcome: Outcome): readonly string[] => {
  if (outcome.kind === 'live') return [];
  return outcome.kind === 'failed' ? [outcome.message] : outcome.errors.map(describeError);
};
