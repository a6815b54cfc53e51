import type { Expression, VariableName } from '../nginx/expression.ts';
import { readParts } from '../nginx/text-parts.ts';
import type { RouteNames } from './define.ts';
import { routeExpression, routeName, type RoutePart } from './route-text.ts';

/** Part of a text about a route, or the encoded path of the request. */
export type AuthPart = RoutePart | { readonly encodes: 'request_uri' };

/** Text with variables as it was written, and what it says. */
export interface AuthText {
  readonly text: string;
  readonly parts: readonly AuthPart[];
}

/** Variables of ingress-nginx that no client can fill with spaces or control characters. */
const VARIABLES: Readonly<Record<string, VariableName>> = {
  best_http_host: 'best_http_host',
  host: 'host',
  http_host: 'pt_requested_host',
  pass_access_scheme: 'pt_access_scheme',
  pass_port: 'pt_port',
  remote_addr: 'remote_addr',
  request_id: 'request_id',
  request_method: 'request_method',
  request_uri: 'request_uri',
  scheme: 'scheme',
  server_port: 'server_port',
};

const ENCODED = 'escaped_request_uri';

const isHeader = (name: string): name is `http_${string}` => /^http_[a-z0-9_]{1,60}$/.test(name);

/** Where a text may stand, and so what it may hold. */
export interface AuthGrammar {
  readonly literal: RegExp;
  /** Headers of the request, whose values may hold spaces. */
  readonly headers?: true;
  readonly encoded?: true;
}

const variableOf = (written: string, { headers, encoded }: AuthGrammar): AuthPart | undefined => {
  if (written === ENCODED) return encoded === true ? { encodes: 'request_uri' } : undefined;
  const known = Object.hasOwn(VARIABLES, written) ? VARIABLES[written] : undefined;
  const variable = headers === true && isHeader(written) ? written : known;
  return variable === undefined ? routeName(written) : { variable };
};

/** Reads such a text; `undefined` where it holds anything else. */
export const parseAuthText = (text: string, grammar: AuthGrammar): AuthText | undefined => {
  const parts = readParts(text, { literal: grammar.literal, variable: (name) => variableOf(name, grammar) });
  return parts.ok ? { text, parts: parts.value } : undefined;
};

const isEncoded = (part: AuthPart): part is Extract<AuthPart, { readonly encodes: unknown }> =>
  typeof part === 'object' && 'encodes' in part;

/** Whether the text needs the encoded path of the request. */
export const needsEncoding = (parts: readonly AuthPart[]): boolean => parts.some(isEncoded);

/** The text for one route; `encoded` stands for the encoded path of the request. */
export const authExpression = (
  parts: readonly AuthPart[],
  names: RouteNames,
  encoded: VariableName = 'request_uri',
): Expression =>
  routeExpression(
    parts.map((part) => (isEncoded(part) ? { variable: encoded } : part)),
    names,
  );
