import type { ClusterState } from '../cluster/cluster-state.ts';
import { selects } from '../cluster/label-selector.ts';
import type { Problem } from '../problems/problem.ts';
import { objectRef, refParts } from '../values/object-ref.ts';
import type { PlanOptions } from './options.ts';

/** Whether objects of a namespace are served. */
export type IsWatched = (namespace: string) => boolean;

/** The namespaces that the flags mean. One whose labels are not known is not served where labels decide. */
export const watchedNamespaces = (
  { namespaces }: Pick<ClusterState, 'namespaces'>,
  { watchNamespace, namespaceSelector }: Pick<PlanOptions, 'watchNamespace' | 'namespaceSelector'>,
): IsWatched => {
  if (namespaceSelector === undefined)
    return (namespace) => watchNamespace === undefined || namespace === watchNamespace;
  return (namespace) => {
    const found = namespaces.get(objectRef('Namespace', '', namespace));
    return found !== undefined && selects(namespaceSelector, found.labels);
  };
};

/** What is wrong with objects that may matter: of the cluster, of watched namespaces, or named by flags. */
export const problemsOfWatched = (
  { problems }: Pick<ClusterState, 'problems'>,
  { configMap, tcpServices, udpServices, defaultBackendService, defaultSslCertificate }: PlanOptions,
  isWatched: IsWatched,
): readonly Problem[] => {
  const named = new Set([configMap, tcpServices, udpServices, defaultBackendService, defaultSslCertificate]);
  return problems.filter(({ subject }) => {
    const { namespace } = refParts(subject);
    return namespace === '' || isWatched(namespace) || named.has(subject);
  });
};
