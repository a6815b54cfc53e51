import type { FieldPath } from '../values/field-path.ts';
import type { ObjectRef } from '../values/object-ref.ts';
import type { BackendProtocol, CalleeRole } from './route-draft.ts';

/** Requests are spread over slots by a key. Each has a DNS name of its own, which leads to so many pods. */
export interface Slots {
  readonly count: number;
  readonly pods: number;
}

/** A Service port that routes lead to. */
export interface Backend {
  /** Name of the upstream: a function of namespace, Service, port and whether it has slots, never of other settings. */
  readonly id: string;
  readonly service: ObjectRef;
  /** The port as the log names it: its number, else its name. */
  readonly port: string;
  /** `namespace-service-port`, for the access log. */
  readonly label: string;
  /** Target ports of its pods, ascending; each has a DNS name of its own. */
  readonly targetPorts: readonly number[];
  readonly slots?: Slots;
  /** The address of the Service, where it is asked instead of its pods. */
  readonly clusterIp?: string;
  /** The host name of an ExternalName Service. */
  readonly external?: string;
  /** Path of the cookie by which NGINX keeps clients on their pods; absent where it sets none. */
  readonly cookiePath?: string;
  /** The backend whose canary this is: its pods answer while this one has none. */
  readonly main?: Backend;
  /** Its bytes are passed on as they come, over this transport; absent for HTTP. */
  readonly stream?: Transport;
}

/** What carries bytes that Portico does not look into. */
export type Transport = 'TCP' | 'UDP';

/** A port of the installation that leads to a Service without a look at what is said. */
export interface StreamService {
  readonly transport: Transport;
  readonly port: number;
  readonly backend: Backend;
  /** Clients begin with a line of the PROXY protocol. */
  readonly decodes: boolean;
  /** Pods get such a line first. */
  readonly encodes: boolean;
  /** The ConfigMap that asks for it. */
  readonly origin: ObjectRef;
}

/** A canary: it gets some of the requests to a backend. */
export interface Alternative<Settings> {
  readonly backend: Backend;
  /** Those of the Ingress that asks for it, which say which requests. */
  readonly settings: Settings;
  readonly origin: ObjectRef;
}

/** Whom routes ask besides their backends. */
export type Callees = Readonly<
  Partial<Record<CalleeRole, { readonly backend: Backend; readonly scheme: 'http' | 'https' }>>
>;

/** Where a route leads: to a backend, or to an answer of NGINX itself. */
export type RouteTarget =
  | {
      readonly kind: 'backend';
      readonly backend: Backend;
      readonly whenEmpty: 404 | 503;
      /** It answers in place of a Service that does not exist. */
      readonly standsIn?: true;
    }
  | { readonly kind: 'answer'; readonly status: 503; readonly why: string }
  | { readonly kind: 'redirect'; readonly host: string; readonly status: number }
  | { readonly kind: 'not-found' };

/** What answers in place of errors. */
export interface ErrorAnswers {
  /** Status codes that get another answer, ascending. */
  readonly codes: readonly number[];
  /** Also where the backend itself answers with them. */
  readonly intercepts: boolean;
  /** Who makes these answers; absent for NGINX itself. */
  readonly backend?: Backend;
  /** That backend also gets the requests to a route whose own has no endpoints. */
  readonly standsIn: boolean;
}

/** How a route's path is compared, after host-wide regex mode was decided. */
export type PathMatch =
  | { readonly kind: 'exact' }
  | { readonly kind: 'prefix' }
  | {
      readonly kind: 'regex';
      /** The Ingress itself asked for it, so the path is one expression. */ readonly own: boolean;
    };

/** One host and path that lead somewhere. */
export interface Route<Settings> {
  readonly path: string;
  readonly match: PathMatch;
  readonly target: RouteTarget;
  /** The canary of the backend. */
  readonly alternative?: Alternative<Settings>;
  readonly protocol: BackendProtocol;
  /** Absent where errors are answered as they are. */
  readonly errors?: ErrorAnswers;
  readonly callees?: Callees;
  readonly settings: Settings;
  /** The Ingress that asked for it; absent for the default backend of the installation. */
  readonly origin?: ObjectRef;
  /** Where the Ingress says it. */
  readonly field: FieldPath;
  /** No rule says this path: it is the `/` that every host has. */
  readonly implicit: boolean;
}

/** The certificate of a host: none (no `tls` section), the default one, or a Secret's. */
export type SiteCertificate =
  { readonly kind: 'none' } | { readonly kind: 'default' } | { readonly kind: 'secret'; readonly secret: ObjectRef };

/** One host with its routes; `origins` are the Ingresses that name it, oldest first. */
export interface Site<Settings> {
  /** Empty (every other host), a DNS name, or a DNS name whose first label is `*`. */
  readonly host: string;
  readonly origins: readonly ObjectRef[];
  readonly certificate: SiteCertificate;
  /** Where its TLS connections go unopened. */
  readonly passthrough?: { readonly backend: Backend; readonly origin: ObjectRef };
  readonly routes: readonly Route<Settings>[];
}

/** Who asked for what: sorted arrays, complete, without NGINX. */
export interface RoutingModel<Settings> {
  readonly sites: readonly Site<Settings>[];
  readonly backends: readonly Backend[];
  /** By transport and port. */
  readonly streams: readonly StreamService[];
  /** Secrets whose certificates sites use. */
  readonly certificates: readonly ObjectRef[];
}
