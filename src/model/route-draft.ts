/** How NGINX speaks to a backend. */
export type BackendProtocol = 'HTTP' | 'HTTPS' | 'GRPC' | 'GRPCS';

/** Which errors get another answer, and whose. */
export interface ErrorDraft {
  /** Status codes, ascending. */
  readonly codes: readonly number[];
  /** Also where the backend itself answers with them. */
  readonly intercepts: boolean;
  /** A Service of the same namespace; absent for the default backend of the installation. */
  readonly service?: string;
}

/** What a family may change about a backend before its upstream exists. */
export interface BackendDraft {
  /** Requests with the same key go to the same pod. */
  byKey: boolean;
  /** Asks the address of the Service instead of its pods. */
  viaService: boolean;
}

/** What a family may change about a route before servers and locations exist. */
export interface RouteDraft {
  /** As the Ingress wrote it, `/` where empty. */
  readonly path: string;
  protocol: BackendProtocol;
  /** Asks for regular-expression matching, which NGINX can only do for the whole host. */
  wantsRegex: boolean;
  errors: ErrorDraft;
}

/** What a family may say about the hosts of an Ingress. */
export interface HostDraft {
  /** Further names of every host. */
  aliases: readonly string[];
  /** The name with `www.` leads to the one without, or the other way round. */
  redirectsWww: boolean;
  /** Their TLS is not ended by NGINX but passed on. */
  passesThrough: boolean;
}
