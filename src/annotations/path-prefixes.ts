import { listOf } from './value-types.ts';

/** A comma list of path prefixes, as the `no-…-locations` keys of the ConfigMap have it. */
export const pathPrefixes = listOf('a comma list of paths', /^\/[\x21-\x7e]*$/, '/.well-known/acme-challenge');

/** Whether a path begins with one of these. */
export const hasPrefix = (path: string, prefixes: readonly string[]): boolean =>
  prefixes.some((prefix) => path.startsWith(prefix));
