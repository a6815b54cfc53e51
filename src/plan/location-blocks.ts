import type { Route } from '../model/routing-model.ts';
import { encode, keyword, type NginxArg } from '../nginx/argument.ts';
import type { Statement } from '../nginx/directive.ts';
import type { LocationBlock } from '../nginx/tree.ts';
import { isInnerPath, type LocationKey } from './location-keys.ts';

/** The comment that names the object of a route; what no object asked for is ours. */
export const originOf = ({ origin }: Route<unknown>): NginxArg => encode('comment', origin ?? 'portico');

/** A location that only other locations lead to. */
export const namedLocationBlock = (name: string, route: Route<unknown>, body: readonly Statement[]): LocationBlock => ({
  origin: originOf(route),
  ...(isInnerPath(name) ? { modifier: keyword('='), path: encode('locationPath', name) } : { path: keyword(name) }),
  statements: body,
});

/** A location with its line and body. */
export const locationBlock = (key: LocationKey, route: Route<unknown>, body: readonly Statement[]): LocationBlock => ({
  origin: originOf(route),
  ...(key.modifier === undefined ? {} : { modifier: key.modifier }),
  path: key.path,
  statements: body,
});
