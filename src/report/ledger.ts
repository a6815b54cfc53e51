import { problemKey, type Problem } from '../problems/problem.ts';
import { uniqueBy } from '../values/unique-by.ts';

/** How the problems differ from those reported before. */
export interface Transitions {
  readonly appeared: readonly Problem[];
  /** Gone altogether: no other problem of that code stands in the same place. */
  readonly resolved: readonly Problem[];
}

const placeOf = ({ code, subject, field }: Problem): string => JSON.stringify([code, subject, field]);

/** Compares all problems now with all problems before, each once and in the order given. */
export const compareProblems = (before: readonly Problem[], now: readonly Problem[]): Transitions => {
  const known = new Set(before.map(problemKey));
  const places = new Set(now.map(placeOf));
  const appeared = now.filter((problem) => !known.has(problemKey(problem)));
  const resolved = before.filter((problem) => !places.has(placeOf(problem)));
  return { appeared: uniqueBy(appeared, problemKey), resolved: uniqueBy(resolved, problemKey) };
};
