declare const brand: unique symbol;

/** `Kind/namespace/name` (`Kind//name` for cluster-scoped objects): identity of an object, usable as a map key. */
export type ObjectRef = string & { readonly [brand]: 'ObjectRef' };

/**
 * Kinds of objects that Portico reads; `File` stands for a manifest that shows no object (`path:line`), `Host` for a
 * name that only DNS knows.
 */
export type Kind =
  | 'Ingress'
  | 'IngressClass'
  | 'Service'
  | 'EndpointSlice'
  | 'Endpoints'
  | 'Secret'
  | 'ConfigMap'
  | 'Namespace'
  | 'File'
  | 'Host';

/** The reference of an object; `namespace` is empty for cluster-scoped kinds. */
export const objectRef = (kind: Kind, namespace: string, name: string): ObjectRef =>
  `${kind}/${namespace}/${name}` as ObjectRef;

/** The parts of a reference. */
export const refParts = (
  ref: ObjectRef,
): { readonly kind: Kind; readonly namespace: string; readonly name: string } => {
  const [kind = '', namespace = '', ...name] = ref.split('/');
  return { kind: kind as Kind, namespace, name: name.join('/') };
};
