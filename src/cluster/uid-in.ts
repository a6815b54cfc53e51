import { refParts, type ObjectRef } from '../values/object-ref.ts';
import type { ClusterState } from './cluster-state.ts';
import type { ObjectMeta } from './resources.ts';

/** The uid of an object of the snapshot; absent where there is none, or where it was read from a manifest. */
export const uidIn = (state: ClusterState, ref: ObjectRef): string | undefined => {
  const byKind: Readonly<Partial<Record<string, ReadonlyMap<ObjectRef, ObjectMeta>>>> = {
    Ingress: state.ingresses,
    IngressClass: state.classes,
    Service: state.services,
    EndpointSlice: state.endpointSlices,
    Secret: state.secrets,
    ConfigMap: state.configMaps,
  };
  return byKind[refParts(ref).kind]?.get(ref)?.uid;
};
