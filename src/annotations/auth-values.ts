/** Grammars of external authentication. Their label completes "expected …". */
import { LONGEST_HASHED_NAME } from '../nginx/header-room.ts';
import type { Callee } from '../model/route-draft.ts';
import { parseSnippet, type SnippetDirective } from '../nginx/snippet.ts';
import { fail, ok, type Result } from '../values/result.ts';
import { parseAuthText, type AuthText } from './auth-text.ts';
import { serverHost } from './target-url.ts';
import { listOf, type ValueType } from './value-types.ts';

/** A URL that is asked who a client is. */
export interface AuthUrl {
  readonly text: string;
  readonly callee: Callee;
  /** Path and query, for the upstream of the callee. */
  readonly path: AuthText;
}

const URL_TEXT = /^[A-Za-z0-9+\-._~/:,?&=]*$/;
const URL_FORM = /^(https?):\/\/([^/?:]+)(?::(\d{1,5}))?([/?].*)?$/;
const REQUESTED_HOST = /^\$(\{(best_)?(http_)?host\}|(best_)?(http_)?host)$/;
const PORTS = { http: 80, https: 443 } as const;

const hostOf = (text: string): Pick<Callee, 'host'> | undefined => {
  if (REQUESTED_HOST.test(text)) return {};
  const host = serverHost(text);
  return host === undefined ? undefined : { host };
};

const calleeOf = (scheme: 'http' | 'https', host: string, port: string | undefined): Callee | undefined => {
  const named = hostOf(host);
  const number = port === undefined ? PORTS[scheme] : Number(port);
  return named === undefined || number < 1 || number > 65_535 ? undefined : { scheme, port: number, ...named };
};

/** An http or https URL; only its path and query may hold variables, except that the host may be `$host`. */
export const authUrl: ValueType<AuthUrl> = {
  label:
    'an http or https URL of $host, a full DNS name or an IPv4 address of another machine, whose path and query may hold $request_uri, $request_method, $scheme, $host, $remote_addr and the like',
  examples: [
    'http://auth.tools.svc.cluster.local:8080/check',
    'http://auth.example.com/check?uri=$request_uri',
    'https://$host/oauth2/auth',
  ],
  format: ({ text }) => text,
  parse: (text) => {
    const [, scheme, host = '', port, rest = '/'] = URL_FORM.exec(text) ?? [];
    const path = parseAuthText(rest.startsWith('?') ? `/${rest}` : rest, { literal: URL_TEXT });
    const callee = scheme === undefined ? undefined : calleeOf(scheme === 'https' ? 'https' : 'http', host, port);
    return callee === undefined || path === undefined ? fail(authUrl.label) : ok({ text, callee, path });
  },
};

/** Where a browser signs in: an http or https URL or a path. */
export const signInUrl: ValueType<AuthText> = {
  label:
    'an http or https URL or a path, which may hold $escaped_request_uri, $host, $scheme, $request_method, $pass_access_scheme and the like',
  examples: ['https://$host/oauth2/start?rd=$escaped_request_uri', '/login'],
  format: ({ text }) => text,
  parse: (text) => {
    const isUrl = /^(https?:\/\/[^/]|\/(?!\/))/.test(text);
    const found = isUrl ? parseAuthText(text, { literal: URL_TEXT, encoded: true }) : undefined;
    return found === undefined ? fail(signInUrl.label) : ok(found);
  },
};

/** They say where a message ends and what becomes of its connection, so NGINX writes them itself. */
const OF_CONNECTION =
  /^(connection|content-length|expect|keep-alive|proxy-connection|te|trailer|transfer-encoding|upgrade)$/i;

/** Whether a header belongs to one message on one connection. */
export const isOfConnection = (name: string): boolean => OF_CONNECTION.test(name.replaceAll('_', '-'));

/** NGINX puts all headers of a location into one table, and a variable for each into one of all locations. */
export const MAX_HEADERS = 100;

const headerList = listOf(
  `a comma list of at most ${MAX_HEADERS} header names of at most ${LONGEST_HASHED_NAME} characters, none of them of the connection`,
  new RegExp(`^[A-Za-z0-9_-]{1,${LONGEST_HASHED_NAME}}$`),
  'X-Auth-Request-User, X-Auth-Request-Email',
);

/** Headers that an answer may give to a request. */
export const headerNames: ValueType<readonly string[]> = {
  ...headerList,
  parse: (text) => {
    const found = headerList.parse(text);
    const names = found.ok ? found.value : [];
    const isUsable = names.length > 0 && names.length <= MAX_HEADERS && !names.some(isOfConnection);
    return isUsable ? found : fail(headerList.label);
  },
};

/** A value of a header: printable text and variables of the request. */
export const authHeaderText = (text: string): AuthText | undefined =>
  text.length <= 2_000 ? parseAuthText(text, { literal: /^[\x20-\x23\x25-\x7e]+$/, headers: true }) : undefined;

const DURATION = /^([2-5]\d\d +)*[1-9]\d{0,5}(ms|[smhdwMy])$/;

/** A comma list of times, each after the status codes that it holds for. */
export const cacheDurations: ValueType<readonly string[]> = {
  label: 'a comma list of times such as 5m, each after status codes or alone',
  examples: ['200 202 10m, 401 1m', '5m'],
  parse: (text) => {
    const items = text.split(',').map((item) => item.trim());
    return items.length <= 20 && items.every((item) => DURATION.test(item)) ? ok(items) : fail(cacheDurations.label);
  },
};

/** Directives for the location that asks. */
export const authSnippet: ValueType<readonly SnippetDirective[]> = {
  label: 'NGINX directives for an auth location',
  examples: ['proxy_set_header X-Tenant shop;'],
  parse: (text): Result<readonly SnippetDirective[]> => {
    const parsed = parseSnippet(text, 'auth location');
    if (parsed.ok) return parsed;
    const { line, column, expected } = parsed.error;
    return fail(`${expected} (line ${line}, column ${column})`);
  },
};
