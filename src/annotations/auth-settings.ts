import type { SnippetDirective } from '../nginx/snippet.ts';
import { compareText } from '../values/compare.ts';
import { fail, ok, type Result } from '../values/result.ts';
import type { AuthText } from './auth-text.ts';
import { authHeaderText, isOfConnection, MAX_HEADERS, type AuthUrl } from './auth-values.ts';
import type { Finding } from './define.ts';
import type { Key } from './key-expression.ts';
import type { References } from './references.ts';

/** How a route asks who a client is. */
export interface AuthRequest {
  readonly url: AuthUrl;
  readonly method: string | undefined;
  readonly signIn: AuthText | undefined;
  readonly parameter: string;
  readonly responseHeaders: readonly string[];
  readonly redirect: string | undefined;
  readonly cacheKey: Key | undefined;
  readonly durations: readonly string[];
  readonly alwaysSetsCookie: boolean;
  /** Whether the question stands in the access log. */
  readonly isLogged: boolean;
  readonly snippet: readonly SnippetDirective[];
  /** A ConfigMap with further headers. */
  readonly headers: string | undefined;
}

type Headers = readonly (readonly [name: string, value: AuthText])[];
type Refusal = Pick<Finding, 'code' | 'expected'>;

const refused = (expected: string): Result<never, Refusal> => fail({ code: 'InvalidConfigMap', expected });

/** The headers that a ConfigMap describes, sorted by name; none without a ConfigMap. */
export const authHeaders = (reference: string | undefined, references: References): Result<Headers, Refusal> => {
  if (reference === undefined) return ok([]);
  const found = references.configMap(reference);
  if (!found.ok) return found;
  const entries = Object.entries(found.value.data);
  if (entries.length > MAX_HEADERS) return refused(`at most ${MAX_HEADERS} headers`);
  const headers: (readonly [string, AuthText])[] = [];
  for (const [name, text] of entries.toSorted(([a], [b]) => compareText(a, b))) {
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) return refused('names of headers as keys');
    if (isOfConnection(name)) return refused(`headers that NGINX does not write itself, not ${name}`);
    const value = authHeaderText(text);
    if (value === undefined) return refused(`one line of printable text and allowed variables for ${name}`);
    headers.push([name, value]);
  }
  return ok(headers);
};
