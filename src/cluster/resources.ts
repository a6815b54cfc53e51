import type { ObjectRef } from '../values/object-ref.ts';
import type { Redacted } from '../values/redacted.ts';

/** What all objects have; only the parts that Portico reads. */
export interface ObjectMeta {
  readonly ref: ObjectRef;
  readonly namespace: string;
  readonly name: string;
  /** Absent in manifests, which nobody has created yet. */
  readonly uid?: string;
  /** Milliseconds since the epoch; 0 where the object does not say. */
  readonly createdAt: number;
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

/** A port as an Ingress names it: by number, by name, or not at all. */
export type PortName = { readonly number: number } | { readonly name: string } | undefined;

/** `service: undefined` where the backend is a resource or is missing. */
export interface IngressBackend {
  readonly service: string | undefined;
  readonly port: PortName;
}

export interface IngressPath {
  /** As written; empty means `/`. */
  readonly path: string;
  /** As written; empty where absent. */
  readonly pathType: string;
  readonly backend: IngressBackend;
}

export interface IngressRule {
  /** As written; empty means every host. */
  readonly host: string;
  readonly paths: readonly IngressPath[];
}

export interface IngressTls {
  readonly hosts: readonly string[];
  /** Empty where absent. */
  readonly secretName: string;
}

export interface Ingress extends ObjectMeta {
  /** `spec.ingressClassName`; absent where not set. */
  readonly className?: string;
  readonly defaultBackend?: IngressBackend;
  readonly rules: readonly IngressRule[];
  readonly tls: readonly IngressTls[];
  /** Digest of annotations and spec: two versions with the same fingerprint produce the same configuration. */
  readonly fingerprint: string;
}

export interface IngressClass extends ObjectMeta {
  readonly controller: string;
}

export interface ServicePort {
  /** Empty where the port has no name. */
  readonly name: string;
  readonly port: number;
  readonly targetPort: number | string | undefined;
  readonly protocol: string;
}

export interface Service extends ObjectMeta {
  readonly type: string;
  /** `None` for headless, empty where not assigned. */
  readonly clusterIP: string;
  readonly externalName: string;
  readonly ports: readonly ServicePort[];
}

export interface Endpoint {
  readonly addresses: readonly string[];
  readonly ready: boolean | undefined;
  readonly serving: boolean | undefined;
  readonly terminating: boolean | undefined;
}

export interface EndpointSlice extends ObjectMeta {
  /** Name of the Service in the same namespace (label `kubernetes.io/service-name`). */
  readonly service: string;
  readonly addressType: string;
  readonly ports: readonly { readonly name: string; readonly port: number | undefined; readonly protocol: string }[];
  readonly endpoints: readonly Endpoint[];
}

/** What a Secret's `tls.crt` and `tls.key` turned out to be. */
export type KeyPair =
  | {
      readonly valid: true;
      /** Chain (leaf first) and key in one PEM text. */
      readonly pem: Redacted;
      /** Lower-case DNS names of the leaf (SAN; CN where there is no SAN). */
      readonly names: readonly string[];
      /** Milliseconds since the epoch. */
      readonly notAfter: number;
    }
  | { readonly valid: false; /** Completes "expected …"; never content. */ readonly reason: string };

/** What a Secret's `ca.crt` turned out to be. */
export type Authorities =
  | { readonly kind: 'absent' }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'valid'; /** PEM text of nothing but certificates, each once. */ readonly pem: Redacted };

/** What a Secret's `ca.crl` turned out to be. */
export type Revocations =
  | { readonly kind: 'absent' }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'valid'; /** PEM text of nothing but revocation lists. */ readonly pem: Redacted };

export interface Secret extends ObjectMeta {
  readonly type: string;
  /** Decoded values (UTF-8). */
  readonly data: ReadonlyMap<string, Redacted>;
  readonly keyPair: KeyPair;
  readonly authorities: Authorities;
  readonly revocations: Revocations;
}

export interface ConfigMap extends ObjectMeta {
  readonly data: Readonly<Record<string, string>>;
}

export type Namespace = ObjectMeta;
