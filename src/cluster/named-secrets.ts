import { objectRef, type ObjectRef } from '../values/object-ref.ts';
import type { ConfigMap, Ingress } from './resources.ts';

const NAME = /^[a-z0-9][a-z0-9.-]{0,252}$/;

/** The Secret that a text names, if that is what it means: `name` or `namespace/name`. */
const secretIn = (text: string, namespace: string): readonly ObjectRef[] => {
  const parts = text.trim().split('/');
  const [first = '', second] = parts;
  if (parts.length > 2 || !parts.every((part) => NAME.test(part))) return [];
  return [second === undefined ? objectRef('Secret', namespace, first) : objectRef('Secret', first, second)];
};

const ofIngress = ({ namespace, annotations, tls }: Ingress): readonly ObjectRef[] => [
  ...tls.flatMap(({ secretName }) => secretIn(secretName, namespace)),
  ...Object.values(annotations).flatMap((text) => secretIn(text, namespace)),
];

const ofSettings = ({ namespace, data }: ConfigMap): readonly ObjectRef[] =>
  Object.values(data).flatMap((text) => secretIn(text, namespace));

/**
 * Every Secret that these objects can mean, whatever the annotation or key: a text that happens to read like a name
 * costs one Secret too many, and no family of annotations has to be asked.
 */
export const namedSecrets = (ingresses: Iterable<Ingress>, settings: Iterable<ConfigMap>): ReadonlySet<ObjectRef> => {
  const named = new Set<ObjectRef>();
  for (const ingress of ingresses) for (const ref of ofIngress(ingress)) named.add(ref);
  for (const configMap of settings) for (const ref of ofSettings(configMap)) named.add(ref);
  return named;
};
