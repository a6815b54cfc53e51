import { sha256 } from '../values/digest.ts';
import { compareText } from '../values/compare.ts';
import { isRecord } from '../values/record.ts';
import { child, descend, integerOf, itemsOf, reject, scalarText, textOf, type Field } from './field.ts';
import type {
  Ingress,
  IngressBackend,
  IngressPath,
  IngressRule,
  IngressTls,
  ObjectMeta,
  PortName,
} from './resources.ts';

/** What the API versions of Ingress write differently. */
interface Dialect {
  readonly defaultBackend: string;
  readonly pathType: string;
  readonly backend: (field: Field) => IngressBackend;
}

const nameOf = (field: Field): string | undefined => (typeof field.value === 'string' ? field.value : undefined);

const port = (field: Field): PortName => {
  const number = integerOf(child(field, 'number'));
  const name = nameOf(child(field, 'name'));
  if (number !== undefined) return { number };
  return name === undefined ? undefined : { name };
};

const current: Dialect = {
  defaultBackend: 'defaultBackend',
  pathType: '',
  backend: (field) => ({
    service: nameOf(descend(field, 'service', 'name')),
    port: port(descend(field, 'service', 'port')),
  }),
};

/** The old API took numbers in quotes for numbers. */
const legacyPort = (field: Field): PortName => {
  const text = scalarText(field);
  if (/^\d{1,5}$/.test(text)) return { number: Number(text) };
  return text === '' ? undefined : { name: text };
};

const legacy: Dialect = {
  defaultBackend: 'backend',
  pathType: 'ImplementationSpecific',
  backend: (field) => ({
    service: nameOf(child(field, 'serviceName')),
    port: legacyPort(child(field, 'servicePort')),
  }),
};

const pathOf = (field: Field, dialect: Dialect): IngressPath | undefined => {
  const path = textOf(child(field, 'path'), 'the path is left out');
  if (path === undefined) return undefined;
  const pathType = child(field, 'pathType');
  return {
    path,
    pathType: pathType.value === undefined ? dialect.pathType : scalarText(pathType),
    backend: dialect.backend(child(field, 'backend')),
  };
};

const ruleOf = (field: Field, dialect: Dialect): IngressRule | undefined => {
  const host = textOf(child(field, 'host'), 'the rule is left out');
  if (host === undefined) return undefined;
  const paths = itemsOf(descend(field, 'http', 'paths'), 'the rule has no paths');
  return { host, paths: paths.map((path) => pathOf(path, dialect)).filter((path) => path !== undefined) };
};

const DEFAULT_CERTIFICATE = 'its hosts use the default certificate';

/** An item that cannot be read still asks for TLS, so it stays as one that names nothing. */
const tlsOf = (field: Field): IngressTls => {
  if (!isRecord(field.value)) reject(field, 'a map with hosts and secretName', DEFAULT_CERTIFICATE);
  const hosts = itemsOf(child(field, 'hosts'), DEFAULT_CERTIFICATE);
  return {
    hosts: hosts.map((host) => textOf(host, 'the host is left out')).filter((host) => host !== undefined),
    secretName: textOf(child(field, 'secretName'), DEFAULT_CERTIFICATE) ?? '',
  };
};

const tlsList = (field: Field): readonly IngressTls[] => {
  const written = field.value === undefined || Array.isArray(field.value);
  return written ? itemsOf(field, DEFAULT_CERTIFICATE).map(tlsOf) : [tlsOf(field)];
};

const fingerprint = (meta: ObjectMeta, spec: object): string => {
  const annotations = Object.entries(meta.annotations).toSorted(([a], [b]) => compareText(a, b));
  return sha256(JSON.stringify([annotations, spec]));
};

/** Without its class the object might be taken by the wrong controller, so a class that is no text costs the object. */
const classOf = (spec: Field): { readonly className?: string } | undefined => {
  const field = child(spec, 'ingressClassName');
  const className = textOf(field, 'the object is ignored');
  if (className === undefined) return undefined;
  return field.value === undefined ? {} : { className };
};

const decodeAs =
  (dialect: Dialect) =>
  (root: Field, meta: ObjectMeta): Ingress | undefined => {
    const spec = child(root, 'spec');
    const className = classOf(spec);
    if (className === undefined) return undefined;
    const defaultBackend = child(spec, dialect.defaultBackend);
    const decoded = {
      ...className,
      ...(defaultBackend.value === undefined ? {} : { defaultBackend: dialect.backend(defaultBackend) }),
      rules: itemsOf(child(spec, 'rules'), 'the object has no rules')
        .map((rule) => ruleOf(rule, dialect))
        .filter((rule) => rule !== undefined),
      tls: tlsList(child(spec, 'tls')),
    };
    return { ...meta, ...decoded, fingerprint: fingerprint(meta, decoded) };
  };

/** Decodes an Ingress of networking.k8s.io/v1. */
export const decodeIngress = decodeAs(current);

/** Decodes an Ingress of the two v1beta1 groups that API servers no longer serve. */
export const decodeLegacyIngress = decodeAs(legacy);
