import type { DecodedKind } from '../cluster/decoded-object.ts';
import { refParts, type ObjectRef } from '../values/object-ref.ts';

/** The kinds that a cluster source reads. */
export type WatchedKind = Exclude<DecodedKind, 'Endpoints'>;

/** One collection of objects to list and watch. */
export interface Collection {
  readonly kind: WatchedKind;
  readonly apiVersion: string;
  readonly path: string;
  readonly selector: Readonly<Record<string, string>>;
  /** `metadata`: of each object nothing else is read. */
  readonly content: 'whole' | 'metadata';
  /** Whether Portico can do without, where it may not read them. */
  readonly isOptional: boolean;
}

interface Api {
  readonly apiVersion: string;
  readonly root: string;
  readonly plural: string;
  readonly scope: 'cluster' | 'namespace';
  readonly selector: Readonly<Record<string, string>>;
}

const NETWORKING = { apiVersion: 'networking.k8s.io/v1', root: '/apis/networking.k8s.io/v1' };
const CORE = { apiVersion: 'v1', root: '/api/v1', scope: 'namespace' } as const;

/** Releases of Helm and tokens are most of the Secrets of a cluster and none of our business. */
const SECRETS = { fieldSelector: 'type!=helm.sh/release.v1,type!=kubernetes.io/service-account-token' };

const apis: Readonly<Record<WatchedKind, Api>> = {
  Ingress: { ...NETWORKING, plural: 'ingresses', scope: 'namespace', selector: {} },
  IngressClass: { ...NETWORKING, plural: 'ingressclasses', scope: 'cluster', selector: {} },
  Service: { ...CORE, plural: 'services', selector: {} },
  EndpointSlice: {
    apiVersion: 'discovery.k8s.io/v1',
    root: '/apis/discovery.k8s.io/v1',
    plural: 'endpointslices',
    scope: 'namespace',
    selector: {},
  },
  Secret: { ...CORE, plural: 'secrets', selector: SECRETS },
  ConfigMap: { ...CORE, plural: 'configmaps', selector: {} },
  Namespace: { ...CORE, plural: 'namespaces', scope: 'cluster', selector: {} },
};

const kinds: readonly WatchedKind[] = ['Ingress', 'IngressClass', 'Service', 'EndpointSlice', 'Secret', 'ConfigMap'];

/** What to read: one namespace or all, and single objects that the flags name wherever they are. */
export interface Scope {
  readonly namespace?: string;
  /** Namespaces are read, because their labels decide. */
  readonly byLabel?: boolean;
  readonly named: readonly ObjectRef[];
}

const collection = (
  kind: WatchedKind,
  namespace: string | undefined,
  selector?: Collection['selector'],
): Collection => {
  const api = apis[kind];
  const folder = api.scope === 'cluster' || namespace === undefined ? '' : `/namespaces/${namespace}`;
  return {
    kind,
    apiVersion: api.apiVersion,
    path: `${api.root}${folder}/${api.plural}`,
    selector: selector ?? api.selector,
    content: kind === 'Secret' ? 'metadata' : 'whole',
    isOptional: kind === 'IngressClass',
  };
};

const ofNamed = (ref: ObjectRef): readonly Collection[] => {
  const { kind, namespace, name } = refParts(ref);
  if (kind !== 'Service' && kind !== 'Secret' && kind !== 'ConfigMap') return [];
  const itself = collection(kind, namespace, { fieldSelector: `metadata.name=${name}` });
  if (kind !== 'Service') return [itself];
  const labelSelector = `kubernetes.io/service-name=${name}`;
  return [itself, collection('EndpointSlice', namespace, { labelSelector })];
};

/** The way to one Secret: a listing that it alone fits, so that reading it takes no right besides `list`. */
export const oneSecret = (ref: ObjectRef): Pick<Collection, 'path' | 'selector'> => {
  const { namespace, name } = refParts(ref);
  return collection('Secret', namespace, { fieldSelector: `metadata.name=${name}` });
};

/** The smallest set of collections that holds everything in the scope. */
export const collectionsOf = ({ namespace, named, byLabel = false }: Scope): readonly Collection[] => {
  const elsewhere = namespace === undefined ? [] : named.filter((ref) => refParts(ref).namespace !== namespace);
  const all = byLabel ? [...kinds, 'Namespace' as const] : kinds;
  return [...all.map((kind) => collection(kind, namespace)), ...elsewhere.flatMap(ofNamed)];
};
