import type { Expression, VariableName } from '../nginx/expression.ts';
import type { RouteNames } from './define.ts';

/** Text, variables of NGINX, and names of the objects behind the route. */
export type RoutePart = string | { readonly variable: VariableName } | { readonly name: keyof RouteNames };

const NAMES: ReadonlyMap<string, keyof RouteNames> = new Map([
  ['namespace', 'namespace'],
  ['ingress_name', 'ingress'],
  ['service_name', 'service'],
  ['service_port', 'port'],
]);

/** The object behind a route that a variable of ingress-nginx names. */
export const routeName = (variable: string): { readonly name: keyof RouteNames } | undefined => {
  const name = NAMES.get(variable);
  return name === undefined ? undefined : { name };
};

/** The text for one route. */
export const routeExpression = (parts: readonly RoutePart[], names: RouteNames): Expression => ({
  parts: parts.map((part) => (typeof part === 'object' && 'name' in part ? names[part.name] : part)),
});
