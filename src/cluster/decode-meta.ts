import { objectRef } from '../values/object-ref.ts';
import type { DecodedKind } from './decoded-object.ts';
import { child, descend, reject, textOf, textRecord, textsOf, type Field } from './field.ts';
import type { ObjectMeta } from './resources.ts';

/** Where an object stands in the cluster. */
export type Identity = Pick<ObjectMeta, 'ref' | 'namespace' | 'name'>;

const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const SUBDOMAIN = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

const NOT_TAKEN = 'the object is ignored';

/** A Service name is one label, because it becomes part of a host name. */
const nameRule = (kind: DecodedKind): RegExp => (kind === 'Service' || kind === 'Namespace' ? LABEL : SUBDOMAIN);

const matching = (field: Field, pattern: RegExp): string | undefined => {
  if (typeof field.value === 'string' && pattern.test(field.value)) return field.value;
  reject(field, 'a DNS-1123 name (lower-case letters, digits, "-")', NOT_TAKEN);
  return undefined;
};

const namespaceOf = (root: Field, kind: DecodedKind): string | undefined => {
  if (kind === 'IngressClass' || kind === 'Namespace') return '';
  const field = descend(root, 'metadata', 'namespace');
  return field.value === undefined || field.value === '' ? 'default' : matching(field, LABEL);
};

/** The identity of an object; a name or namespace that the API server would refuse is reported and yields none. */
export const identityOf = (root: Field, kind: DecodedKind): Identity | undefined => {
  const name = matching(descend(root, 'metadata', 'name'), nameRule(kind));
  const namespace = namespaceOf(root, kind);
  if (name === undefined || namespace === undefined) return undefined;
  return { ref: objectRef(kind, namespace, name), namespace, name };
};

const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

const createdAt = (field: Field): number => {
  const text = textOf(field, 'counting the object as the oldest') ?? '';
  // oxlint-disable-next-line no-restricted-globals -- reads no clock: the text names the zone
  const milliseconds = RFC3339.test(text) ? Date.parse(text) : 0;
  return Number.isNaN(milliseconds) ? 0 : milliseconds;
};

/**
 * What all objects have. Annotations that cannot be read cost the object, because one of them may have closed its
 * routes.
 */
export const metaOf = (root: Field, identity: Identity): ObjectMeta | undefined => {
  const metadata = child(root, 'metadata');
  const annotations = textsOf(child(metadata, 'annotations'), NOT_TAKEN);
  if (!annotations.complete) return undefined;
  const labels = textsOf(child(metadata, 'labels'), 'the label is ignored');
  const uid = child(metadata, 'uid').value;
  return {
    ...identity,
    ...(typeof uid === 'string' && uid !== '' ? { uid } : {}),
    createdAt: createdAt(child(metadata, 'creationTimestamp')),
    annotations: textRecord(annotations.entries),
    labels: textRecord(labels.entries),
  };
};
