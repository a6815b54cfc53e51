import type { ClusterState } from '../cluster/cluster-state.ts';
import type { Ingress, IngressClass } from '../cluster/resources.ts';
import type { Problem } from '../problems/problem.ts';
import { compareText } from '../values/compare.ts';
import { objectRef } from '../values/object-ref.ts';
import type { ClassRules, PlanOptions } from './options.ts';
import type { IsWatched } from './watched.ts';

const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';

const isOurClass = (found: IngressClass | undefined, rules: ClassRules): boolean => {
  if (found === undefined) return false;
  return found.controller === rules.controllerClass || (rules.ingressClassByName && found.name === rules.ingressClass);
};

/** Whether the class of an Ingress makes it ours: the field first, then the old annotation, then having neither. */
const isOurs = (ingress: Ingress, state: ClusterState, rules: ClassRules): boolean => {
  if (ingress.className !== undefined) {
    return isOurClass(state.classes.get(objectRef('IngressClass', '', ingress.className)), rules);
  }
  const annotated = ingress.annotations[CLASS_ANNOTATION];
  return annotated === undefined ? rules.watchIngressWithoutClass : annotated === rules.ingressClass;
};

/** Oldest first; of two with the same age the greater `namespace/name` first, as in ingress-nginx. */
export const byAge = (a: Ingress, b: Ingress): number =>
  a.createdAt - b.createdAt || compareText(`${b.namespace}/${b.name}`, `${a.namespace}/${a.name}`);

/** The Ingresses that Portico serves, in the order in which they win conflicts, and why others are left out. */
export interface Selection {
  readonly ingresses: readonly Ingress[];
  readonly problems: readonly Problem[];
}

const leftOut = ({ ref }: Ingress): Problem => ({
  code: 'CatchAllDisabled',
  subject: ref,
  field: ['spec', 'defaultBackend'],
  expected: 'no default backend, because of --disable-catch-all',
  consequence: 'the Ingress is not served',
});

/** Selects by namespace and class; those with a default backend are told that they are left out, where they are. */
export const selectIngresses = (state: ClusterState, options: PlanOptions, isWatched: IsWatched): Selection => {
  const ours = [...state.ingresses.values()]
    .filter(({ namespace }) => isWatched(namespace))
    .filter((ingress) => isOurs(ingress, state, options.classRules))
    .toSorted(byAge);
  if (!options.disableCatchAll) return { ingresses: ours, problems: [] };
  return {
    ingresses: ours.filter(({ defaultBackend }) => defaultBackend === undefined),
    problems: ours.filter(({ defaultBackend }) => defaultBackend !== undefined).map(leftOut),
  };
};
