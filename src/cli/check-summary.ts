import type { ClusterState } from '../cluster/cluster-state.ts';
import type { PlanOptions } from '../plan/options.ts';
import { foreignIngresses, hasNoClass } from '../plan/select.ts';
import { escapeUnprintable } from '../problems/problem.ts';
import { refParts, type ObjectRef } from '../values/object-ref.ts';

/** What `portico check` looked at, and how much it found. */
export interface Checked {
  readonly state: ClusterState;
  readonly options: PlanOptions;
  /** Whether `--watch-ingress-without-class` was given, which is not asked for manifests. */
  readonly watchesClassless: boolean;
  readonly errors: number;
  readonly warnings: number;
}

const nameOf = (ref: ObjectRef): string => {
  const { namespace, name } = refParts(ref);
  return `${namespace}/${name}`;
};

/** What `portico check` says of the whole: which Ingresses are not served and why, how many were looked at, and how much was found. */
export const summaryOf = ({ state, options, watchesClassless, errors, warnings }: Checked): readonly string[] => {
  const foreign = new Map(foreignIngresses(state, options).map(({ ref, why }) => [ref, why]));
  const ours = [...state.ingresses.values()].filter(({ ref }) => !foreign.has(ref));
  const classless = watchesClassless ? [] : ours.filter(hasNoClass).map(({ ref }) => nameOf(ref));
  const without = `without a class, which a cluster serves by --watch-ingress-without-class only: ${classless.toSorted().join(', ')}`;
  return [
    ...[...foreign].map(([ref, why]) => `Ingress ${nameOf(ref)} is not served: ${why}`),
    ...(classless.length === 0 ? [] : [without]),
    `checked ${ours.length} of ${state.ingresses.size} Ingresses; errors: ${errors}, warnings: ${warnings}`,
  ].map(escapeUnprintable);
};
