import type { Problem } from '../problems/problem.ts';
import { objectRef, type ObjectRef } from '../values/object-ref.ts';
import { isRecord } from '../values/record.ts';
import { decodeConfigMap } from './decode-config-map.ts';
import { decodeEndpointSlice } from './decode-endpoint-slice.ts';
import { decodeEndpoints } from './decode-endpoints.ts';
import { decodeIngressClass } from './decode-ingress-class.ts';
import { decodeIngress, decodeLegacyIngress } from './decode-ingress.ts';
import { identityOf, metaOf } from './decode-meta.ts';
import { decodeSecret } from './decode-secret.ts';
import { decodeService } from './decode-service.ts';
import type { DecodedKind, DecodedObject } from './decoded-object.ts';
import { child, reject, rootField, type Field } from './field.ts';
import type { ObjectMeta } from './resources.ts';

/** What became of a value: an object of the state, a kind that Portico does not read, or nothing usable. */
export type Decoded =
  | { readonly outcome: 'object'; readonly object: DecodedObject; readonly problems: readonly Problem[] }
  | { readonly outcome: 'ignored' }
  | { readonly outcome: 'refused'; readonly subject: ObjectRef; readonly problems: readonly Problem[] };

/** The subject of problems of a value that does not say, or not acceptably, which object it is. */
export const unnamedObject: ObjectRef = objectRef('File', '', 'input');

type Decode = (root: Field, meta: ObjectMeta) => DecodedObject | undefined;

const asIngress =
  (decode: typeof decodeIngress): Decode =>
  (root, meta) => {
    const resource = decode(root, meta);
    return resource && { kind: 'Ingress', resource };
  };

const ingressClass: Decode = (root, meta) => ({ kind: 'IngressClass', resource: decodeIngressClass(root, meta) });
const slice: Decode = (root, meta) => ({ kind: 'EndpointSlice', resource: decodeEndpointSlice(root, meta) });

interface Decoder {
  readonly kind: DecodedKind;
  readonly decode: Decode;
}

interface KnownKind {
  readonly kind: DecodedKind;
  readonly versions: ReadonlyMap<string, Decode>;
}

const known = (kind: DecodedKind, versions: Readonly<Record<string, Decode>>): KnownKind => ({
  kind,
  versions: new Map(Object.entries(versions)),
});

const ofCore = (kind: DecodedKind, decode: Decode): KnownKind => known(kind, { v1: decode });

/** By API group and kind: the same kind in another group (a Knative Service) is not ours. */
const knownKinds: ReadonlyMap<string, KnownKind> = new Map([
  [
    'networking.k8s.io Ingress',
    known('Ingress', { v1: asIngress(decodeIngress), v1beta1: asIngress(decodeLegacyIngress) }),
  ],
  ['extensions Ingress', known('Ingress', { v1beta1: asIngress(decodeLegacyIngress) })],
  ['networking.k8s.io IngressClass', known('IngressClass', { v1: ingressClass, v1beta1: ingressClass })],
  ['discovery.k8s.io EndpointSlice', known('EndpointSlice', { v1: slice, v1beta1: slice })],
  [' Service', ofCore('Service', (root, meta) => ({ kind: 'Service', resource: decodeService(root, meta) }))],
  [' Endpoints', ofCore('Endpoints', (root, meta) => ({ kind: 'Endpoints', resource: decodeEndpoints(root, meta) }))],
  [' Secret', ofCore('Secret', (root, meta) => ({ kind: 'Secret', resource: decodeSecret(root, meta) }))],
  [' ConfigMap', ofCore('ConfigMap', (root, meta) => ({ kind: 'ConfigMap', resource: decodeConfigMap(root, meta) }))],
  [' Namespace', ofCore('Namespace', (_, meta) => ({ kind: 'Namespace', resource: meta }))],
]);

const IGNORED = 'the object is ignored';

const requiredText = (field: Field, expected: string): string | undefined => {
  if (typeof field.value === 'string' && field.value !== '') return field.value;
  reject(field, expected, IGNORED);
  return undefined;
};

/** The decoder for what the object says it is; nothing where it does not say, or names a version we do not know. */
const decoderOf = (root: Field): Decoder | 'not ours' | undefined => {
  if (!isRecord(root.value)) {
    // A document that is mere text may be a key.
    const value = Array.isArray(root.value) ? root.value : undefined;
    return reject({ ...root, value }, 'a Kubernetes object', IGNORED);
  }
  const apiVersion = requiredText(child(root, 'apiVersion'), 'an API version such as networking.k8s.io/v1');
  const kind = requiredText(child(root, 'kind'), 'a kind such as Ingress');
  if (apiVersion === undefined || kind === undefined) return undefined;
  const slash = apiVersion.indexOf('/');
  const found = knownKinds.get(`${apiVersion.slice(0, Math.max(0, slash))} ${kind}`);
  if (found === undefined) return 'not ours';
  const decode = found.versions.get(apiVersion.slice(slash + 1));
  if (decode !== undefined) return { kind: found.kind, decode };
  return reject(child(root, 'apiVersion'), `version ${[...found.versions.keys()].join(' or ')}`, IGNORED);
};

/**
 * Turns an object of the Kubernetes API, or what a manifest says it is, into a resource. Never throws: what is wrong
 * in one field costs that field, and becomes a problem of the object.
 */
export const decodeObject = (value: unknown): Decoded => {
  const problems: Problem[] = [];
  const root = rootField(value, unnamedObject, problems);
  const decoder = decoderOf(root);
  if (decoder === 'not ours') return { outcome: 'ignored' };
  const identity = decoder && identityOf(root, decoder.kind);
  if (decoder === undefined || identity === undefined) return { outcome: 'refused', subject: unnamedObject, problems };
  const named = { ...root, subject: identity.ref };
  const meta = metaOf(named, identity);
  const object = meta && decoder.decode(named, meta);
  if (object === undefined) return { outcome: 'refused', subject: identity.ref, problems };
  return { outcome: 'object', object, problems };
};
