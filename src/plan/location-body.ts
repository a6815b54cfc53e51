import type { Route, RouteTarget } from '../model/routing-model.ts';
import type { Phase } from '../nginx/catalogue.ts';
import { directive, type Statement } from '../nginx/directive.ts';
import { expr } from '../nginx/expression.ts';
import { refParts } from '../values/object-ref.ts';
import type { LocationBlocks } from './shared-blocks.ts';

/** A location without its line. */
export interface LocationBody {
  readonly statements: readonly Statement[];
  /** What it needs of `http`. */
  readonly blocks: LocationBlocks;
  /** Bodies of locations that it leads to, by name or path. */
  readonly named: ReadonlyMap<string, readonly Statement[]>;
}

/**
 * 503 in place of a backend, at the end of the rewrite phase: after redirects to HTTPS, before access rules. Where the
 * access log names the backends of others, it says here why there is none, and which Ingress wanted it.
 */
export const refusal = (why: string, { origin }: Pick<Route<unknown>, 'origin'>): readonly Statement[] => {
  const owner = origin === undefined ? undefined : refParts(origin);
  const label = owner === undefined ? why : `${why}:${owner.namespace}/${owner.name}`;
  return [
    { phase: 'identity', directive: directive('set', 'proxy_upstream_name', label) },
    { phase: 'content', directive: directive('return', 503) },
  ];
};

/** Of a route that lacks a protection. */
export const closedBody = (route: Pick<Route<unknown>, 'origin'>): LocationBody => ({
  statements: refusal('closed', route),
  blocks: new Map(),
  named: new Map(),
});

/** With its port and without the last slash of the path, as ingress-nginx does. */
export const redirectBody = ({ host, status }: Extract<RouteTarget, { readonly kind: 'redirect' }>): LocationBody => {
  const url = expr`${'pt_access_scheme'}://${{ text: host }}:${'pt_port'}${'pt_redirect_uri'}`;
  const statements: readonly Statement[] = [{ phase: 'redirect', directive: directive('return', status, url) }];
  return { statements, blocks: new Map(), named: new Map() };
};

const BEFORE_ACCESS: ReadonlySet<Phase> = new Set(['identity', 'redirect', 'tls-redirect', 'answer', 'errors']);

/** Of a route without a backend only redirects and what concerns answers stay: the answer comes before everything else. */
export const isBeforeAccess = ({ phase }: Statement): boolean => BEFORE_ACCESS.has(phase);
