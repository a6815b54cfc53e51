/** How NGINX speaks to a backend. */
export type BackendProtocol = 'HTTP' | 'HTTPS' | 'AUTO_HTTP' | 'GRPC' | 'GRPCS' | 'FCGI';

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
  /** To how many pods requests with the same key go; 0 where requests have no key. */
  podsPerKey: number;
  /** Asks the address of the Service instead of its pods. */
  viaService: boolean;
  /** NGINX sets a cookie that names the pod, with the path of the route. */
  setsCookie: boolean;
}

/** What a route asks besides its backend. */
export type CalleeRole = 'auth' | 'mirror';

/** Who is asked. */
export interface Callee {
  readonly scheme: 'http' | 'https';
  /** A lower-case DNS name or IPv4 address; absent: the host that the client asked for. */
  readonly host?: string;
  readonly port: number;
}

/** What a family may change about a route before servers and locations exist. */
export interface RouteDraft {
  /** As the Ingress wrote it, `/` where empty. */
  readonly path: string;
  /** Whether requests to it never need to say who they are from. */
  readonly exempt: boolean;
  protocol: BackendProtocol;
  /** Asks for regular-expression matching, which NGINX can only do for the whole host. */
  wantsRegex: boolean;
  errors: ErrorDraft;
  /** Path of the cookie by which its clients keep their pods; absent where it begins no sessions. */
  sessionCookiePath?: string;
  /** Who is asked besides the backend. A route that cannot ask who lets requests in is closed. */
  readonly callees: Partial<Record<CalleeRole, Callee>>;
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
