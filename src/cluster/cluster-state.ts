import type { Problem } from '../problems/problem.ts';
import type { ObjectRef } from '../values/object-ref.ts';
import type { ConfigMap, EndpointSlice, Ingress, IngressClass, Namespace, Secret, Service } from './resources.ts';

/** A read-only snapshot of everything that Portico knows about the cluster. */
export interface ClusterState {
  readonly ingresses: ReadonlyMap<ObjectRef, Ingress>;
  readonly classes: ReadonlyMap<ObjectRef, IngressClass>;
  readonly services: ReadonlyMap<ObjectRef, Service>;
  readonly endpointSlices: ReadonlyMap<ObjectRef, EndpointSlice>;
  readonly secrets: ReadonlyMap<ObjectRef, Secret>;
  readonly configMaps: ReadonlyMap<ObjectRef, ConfigMap>;
  readonly namespaces: ReadonlyMap<ObjectRef, Namespace>;
  /** What could not be decoded; the objects concerned are absent above. */
  readonly problems: readonly Problem[];
}

/** A cluster without objects. */
export const emptyState: ClusterState = {
  ingresses: new Map(),
  classes: new Map(),
  services: new Map(),
  endpointSlices: new Map(),
  secrets: new Map(),
  configMaps: new Map(),
  namespaces: new Map(),
  problems: [],
};
