import { encode, keyword, type NginxArg } from '../nginx/argument.ts';
import { matchText, parseClusterRegex } from '../nginx/cluster-regex.ts';
import { EncodingRefusal } from '../nginx/encoding-refusal.ts';
import type { Route } from '../model/routing-model.ts';
import { fail, ok, type Result } from '../values/result.ts';

/** A location line that a route needs. */
export interface LocationKey {
  readonly modifier?: NginxArg;
  readonly path: NginxArg;
  /** Prefix `/foo` needs `"/foo/"` and `= "/foo"`; what another rule spells (Prefix `/foo/`, Exact `/foo`) wins over it. */
  readonly derived: boolean;
}

/** Where locations that only subrequests reach have their paths; no rule may have one of these. */
export const INNER_PATHS = '/_portico/';

/** Whether a path is of a location that only subrequests reach. */
export const isInnerPath = (path: string): boolean => `${path}/`.startsWith(INNER_PATHS);

const prefix = (path: string, derived: boolean): LocationKey => ({ path: encode('locationPath', path), derived });
const exact = (path: string, derived: boolean): LocationKey => ({ ...prefix(path, derived), modifier: keyword('=') });

/** Prefix paths match whole path elements: `/foo` matches `/foo` and `/foo/bar`, never `/foobar`. */
const prefixKeys = (path: string): readonly LocationKey[] =>
  path.endsWith('/') ? [prefix(path, false)] : [prefix(`${path}/`, true), exact(path, true)];

const keysOf = (route: Pick<Route<unknown>, 'path' | 'match'>): Result<readonly LocationKey[]> => {
  switch (route.match.kind) {
    case 'exact':
      return ok([exact(route.path, false)]);
    case 'prefix':
      return ok(prefixKeys(route.path));
    case 'regex': {
      const regex = parseClusterRegex(route.path);
      if (!regex.ok) return fail(regex.error);
      return ok([{ modifier: keyword('~*'), path: encode('regex', `^${matchText(regex.value)}`), derived: false }]);
    }
  }
};

/**
 * The locations of a route; the error completes "expected …" where its path is no usable regular expression, or is too
 * long once it is printed.
 */
export const locationKeys = (route: Pick<Route<unknown>, 'path' | 'match'>): Result<readonly LocationKey[]> => {
  try {
    return keysOf(route);
  } catch (error) {
    if (error instanceof EncodingRefusal) return fail(error.expected);
    throw error;
  }
};

/** What makes two locations the same for NGINX. */
export const keyText = (key: LocationKey): string => `${key.modifier?.text ?? ''} ${key.path.text}`;
