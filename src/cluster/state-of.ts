import type { Problem } from '../problems/problem.ts';
import type { ObjectRef } from '../values/object-ref.ts';
import type { ClusterState } from './cluster-state.ts';
import type { DecodedKind, DecodedObject, ResourceOfKind } from './decoded-object.ts';
import type { EndpointSlice, ObjectMeta } from './resources.ts';

/** The snapshot that the objects make; of two with one reference the first counts. */
export const stateOf = (objects: Iterable<DecodedObject>, problems: readonly Problem[]): ClusterState => {
  const all = [...objects];
  const resources = <K extends DecodedKind>(kind: K): readonly ResourceOfKind[K][] =>
    all.flatMap((object) => (object.kind === kind ? [object.resource as ResourceOfKind[K]] : []));
  const slices = resources('EndpointSlice');
  const legacySlices = resources('Endpoints').flatMap((endpoints) => endpoints.slices);
  return {
    ingresses: byRef(resources('Ingress')),
    classes: byRef(resources('IngressClass')),
    services: byRef(resources('Service')),
    endpointSlices: byRef([...slices, ...withoutSlicedServices(legacySlices, slices)]),
    secrets: byRef(resources('Secret')),
    configMaps: byRef(resources('ConfigMap')),
    namespaces: byRef(resources('Namespace')),
    problems,
  };
};

const byRef = <T extends ObjectMeta>(resources: readonly T[]): ReadonlyMap<ObjectRef, T> => {
  const map = new Map<ObjectRef, T>();
  for (const resource of resources) if (!map.has(resource.ref)) map.set(resource.ref, resource);
  return map;
};

/** A Service with EndpointSlices of its own has been mirrored already; counting both would double its endpoints. */
const withoutSlicedServices = (
  legacy: readonly EndpointSlice[],
  slices: readonly EndpointSlice[],
): readonly EndpointSlice[] => {
  const sliced = new Set(slices.map(serviceOf));
  return legacy.filter((slice) => !sliced.has(serviceOf(slice)));
};

const serviceOf = ({ namespace, service }: EndpointSlice): string => `${namespace}/${service}`;
