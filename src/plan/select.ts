import type { ClusterState } from '../cluster/cluster-state.ts';
import type { Ingress } from '../cluster/resources.ts';
import type { Problem } from '../problems/problem.ts';
import { compareText } from '../values/compare.ts';
import { objectRef, type ObjectRef } from '../values/object-ref.ts';
import type { ClassRules, PlanOptions } from './options.ts';
import { watchedNamespaces, type IsWatched } from './watched.ts';

const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';

/** Whether an Ingress names no class, neither in its field nor in the old annotation. */
export const hasNoClass = ({ className, annotations }: Ingress): boolean =>
  className === undefined && annotations[CLASS_ANNOTATION] === undefined;

const foreignController = (className: string, state: ClusterState, rules: ClassRules): string | undefined => {
  const found = state.classes.get(objectRef('IngressClass', '', className));
  if (found === undefined) return `there is no IngressClass ${className}`;
  const { name, controller } = found;
  if (controller === rules.controllerClass || (rules.ingressClassByName && name === rules.ingressClass))
    return undefined;
  return `IngressClass ${name} has the controller ${controller}, not ${rules.controllerClass}`;
};

/**
 * Why the class of an Ingress leaves it to others; absent where it makes it ours. The field comes first, then the old
 * annotation, then having neither.
 */
const foreignClass = (ingress: Ingress, state: ClusterState, rules: ClassRules): string | undefined => {
  if (ingress.className !== undefined) return foreignController(ingress.className, state, rules);
  if (hasNoClass(ingress)) return rules.watchIngressWithoutClass ? undefined : 'it has no class';
  const annotated = ingress.annotations[CLASS_ANNOTATION];
  return annotated === rules.ingressClass ? undefined : `its annotation ${CLASS_ANNOTATION} says ${annotated}`;
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
    .filter((ingress) => foreignClass(ingress, state, options.classRules) === undefined)
    .toSorted(byAge);
  if (!options.disableCatchAll) return { ingresses: ours, problems: [] };
  return {
    ingresses: ours.filter(({ defaultBackend }) => defaultBackend === undefined),
    problems: ours.filter(({ defaultBackend }) => defaultBackend !== undefined).map(leftOut),
  };
};

/** An Ingress that is left to others, and why. */
export interface Foreign {
  readonly ref: ObjectRef;
  readonly why: string;
}

/** The Ingresses that are not ours, by name. */
export const foreignIngresses = (state: ClusterState, options: PlanOptions): readonly Foreign[] => {
  const isWatched = watchedNamespaces(state, options);
  return [...state.ingresses.values()]
    .toSorted((a, b) => compareText(a.ref, b.ref))
    .flatMap((ingress) => {
      const { ref, namespace } = ingress;
      const why = isWatched(namespace)
        ? foreignClass(ingress, state, options.classRules)
        : 'its namespace is not watched';
      return why === undefined ? [] : [{ ref, why }];
    });
};
