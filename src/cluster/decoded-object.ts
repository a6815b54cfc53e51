import type {
  ConfigMap,
  EndpointSlice,
  Ingress,
  IngressClass,
  Namespace,
  ObjectMeta,
  Secret,
  Service,
} from './resources.ts';

/** A legacy Endpoints object, as the slices that Kubernetes would mirror it into. */
export interface Endpoints extends ObjectMeta {
  readonly slices: readonly EndpointSlice[];
}

/** The resource that each kind decodes to. */
export interface ResourceOfKind {
  readonly Ingress: Ingress;
  readonly IngressClass: IngressClass;
  readonly Service: Service;
  readonly EndpointSlice: EndpointSlice;
  readonly Endpoints: Endpoints;
  readonly Secret: Secret;
  readonly ConfigMap: ConfigMap;
  readonly Namespace: Namespace;
}

/** The kinds of objects that decoding yields. */
export type DecodedKind = keyof ResourceOfKind;

/** An object of the cluster with its kind, as every source of ClusterState delivers it. */
export type DecodedObject = {
  readonly [K in DecodedKind]: { readonly kind: K; readonly resource: ResourceOfKind[K] };
}[DecodedKind];
