import type { Ingress } from '../cluster/resources.ts';

/**
 * An Ingress whose newest version NGINX refused. `last-good`: that version is planned instead (closed, where the refused
 * version adds or changes a security key) · `closed`: its routes answer 503 · `dropped`: nothing of it is served, because
 * even closed it was refused.
 */
export type SetAside =
  | { readonly served: 'last-good'; readonly lastGood: Ingress; readonly reason: string }
  | { readonly served: 'closed' | 'dropped'; readonly reason: string };
