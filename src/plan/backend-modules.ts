import type { BackendProtocol } from '../model/route-draft.ts';
import type { DirectiveSink } from '../nginx/draft.ts';
import { LONGEST_HASHED_NAME } from '../nginx/header-room.ts';
import { expr, type Complex } from '../nginx/expression.ts';

/** A module of NGINX that speaks to backends: its directives begin with this. */
export type BackendModule = 'proxy' | 'grpc' | 'fastcgi';

/** The module that speaks this protocol. */
export const moduleOf = (protocol: BackendProtocol): BackendModule => {
  if (protocol === 'FCGI') return 'fastcgi';
  return protocol === 'GRPC' || protocol === 'GRPCS' ? 'grpc' : 'proxy';
};

/** What stands before the upstream that requests are passed to. */
export const schemeOf = (protocol: BackendProtocol): Complex => {
  if (protocol === 'FCGI') return '';
  return protocol === 'AUTO_HTTP' ? expr`${'scheme'}://` : `${protocol.toLowerCase()}://`;
};

/** Whether NGINX looks for the upstream by its name in each request, because it passes to a variable. */
export const isFoundByName = (protocol: BackendProtocol): boolean => protocol === 'AUTO_HTTP';

/** Of a connection that FastCGI does not have. */
const OF_CONNECTIONS: ReadonlySet<string> = new Set(['Connection', 'Upgrade']);

const paramName = (header: string): string => `HTTP_${header.toUpperCase().replaceAll('-', '_')}`;

/** Tells a backend these headers; a FastCGI program finds them among its parameters. */
export const tellHeaders = (
  location: DirectiveSink,
  module: BackendModule,
  headers: readonly (readonly [name: string, value: Complex])[],
): void => {
  for (const [name, value] of headers) {
    if (module !== 'fastcgi') location.add(`${module}_set_header`, name, value);
    else if (!OF_CONNECTIONS.has(name)) location.add('fastcgi_param', paramName(name), value);
  }
};

/** Keeps clients from headers of a backend; one with a longer name than NGINX can look for reaches them. */
export const hideHeaders = (block: DirectiveSink, module: BackendModule, names: readonly string[]): void => {
  for (const name of names) {
    if (module === 'proxy' || name.length <= LONGEST_HASHED_NAME) block.add(`${module}_hide_header`, name);
  }
};
