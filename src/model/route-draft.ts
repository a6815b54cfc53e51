/** How NGINX speaks to a backend. */
export type BackendProtocol = 'HTTP' | 'HTTPS' | 'GRPC' | 'GRPCS';

/** What a family may change about a route before servers and locations exist. */
export interface RouteDraft {
  /** As the Ingress wrote it, `/` where empty. */
  readonly path: string;
  protocol: BackendProtocol;
  /** Asks for regular-expression matching, which NGINX can only do for the whole host. */
  wantsRegex: boolean;
}
