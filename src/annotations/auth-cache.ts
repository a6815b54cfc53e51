import type { BlockDraft, LocationDraft } from '../nginx/draft.ts';
import { expr, type KeyExpression } from '../nginx/expression.ts';
import type { AuthRequest } from './auth-settings.ts';
import type { RouteNames } from './define.ts';
import type { Key } from './key-expression.ts';

/** The cache that the templates declare. */
export const AUTH_CACHE = 'pt_auth';

const partsOf = (value: KeyExpression): Exclude<KeyExpression, string>['parts'] =>
  typeof value === 'string' ? [value] : value.parts;

/**
 * Remembers answers. What tells clients apart always belongs to the key, whatever its owner forgot; and where all
 * variables of the key are empty, nothing tells them apart.
 */
export const addAuthCache = (
  { expression }: Key,
  { url, durations }: AuthRequest,
  {
    asking,
    location,
    names,
  }: { readonly asking: BlockDraft; readonly location: LocationDraft; readonly names: RouteNames },
): void => {
  const parts = partsOf(expression);
  const variables = parts.filter((part) => typeof part !== 'string');
  const nobody = location.mapped({ parts: variables }, [{ default: '' }, { key: '', value: '1' }]);
  const owner = `${names.namespace}/${names.ingress} ${url.text} `;
  asking.add('proxy_buffering', true);
  asking.add('proxy_cache', AUTH_CACHE);
  asking.add('proxy_cache_key', {
    parts: [
      owner,
      { variable: 'host' },
      ' ',
      ...parts,
      ' ',
      { variable: 'http_authorization' },
      ' ',
      { variable: 'http_cookie' },
    ],
  });
  for (const duration of durations) {
    const [first = '', ...rest] = duration.split(/ +/);
    asking.add('proxy_cache_valid', first, ...rest);
  }
  asking.add('proxy_cache_bypass', expr`${nobody}`);
  asking.add('proxy_no_cache', expr`${nobody}`);
};
