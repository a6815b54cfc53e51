import type { Expression, VariableName } from '../nginx/expression.ts';
import type { RouteNames } from './define.ts';

/** Literals, variables of the request, names of the objects behind the route, and the encoded path of the request. */
export type AuthPart =
  | string
  | { readonly variable: VariableName }
  | { readonly name: keyof RouteNames }
  | { readonly encodes: 'request_uri' };

/** Text with variables as it was written, and what it says. */
export interface AuthText {
  readonly text: string;
  readonly parts: readonly AuthPart[];
}

const NAMES: Readonly<Record<string, keyof RouteNames>> = {
  namespace: 'namespace',
  ingress_name: 'ingress',
  service_name: 'service',
  service_port: 'port',
};

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
const IS_HEADER = /^http_[a-z0-9_]{1,60}$/;

/** Where a text may stand, and so what it may hold. */
export interface AuthGrammar {
  readonly literal: RegExp;
  /** Headers of the request, whose values may hold spaces. */
  readonly headers?: true;
  readonly encoded?: true;
}

const ownOf = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;

const variableOf = (written: string, { headers, encoded }: AuthGrammar): AuthPart | undefined => {
  const name = ownOf(NAMES, written);
  if (name !== undefined) return { name };
  if (written === ENCODED) return encoded === true ? { encodes: 'request_uri' } : undefined;
  const isHeader = headers === true && IS_HEADER.test(written);
  const variable = isHeader ? (written as `http_${string}`) : ownOf(VARIABLES, written);
  return variable === undefined ? undefined : { variable };
};

const partOf = (text: string, grammar: AuthGrammar): AuthPart | undefined => {
  if (text.startsWith('$')) return variableOf(text.replaceAll(/[${}]/g, ''), grammar);
  return grammar.literal.test(text) ? text : undefined;
};

/** Reads such a text; `undefined` where it holds anything else. */
export const parseAuthText = (text: string, grammar: AuthGrammar): AuthText | undefined => {
  const found = text.split(/(\$\{\w+\}|\$\w+)/).filter((part) => part !== '');
  const parts = found.map((one) => partOf(one, grammar)).filter((part) => part !== undefined);
  return parts.length === found.length ? { text, parts } : undefined;
};

/** Whether the text needs the encoded path of the request. */
export const needsEncoding = (parts: readonly AuthPart[]): boolean =>
  parts.some((part) => typeof part === 'object' && 'encodes' in part);

/** The text for one route; `encoded` stands for the encoded path of the request. */
export const authExpression = (
  parts: readonly AuthPart[],
  names: RouteNames,
  encoded: VariableName = 'request_uri',
): Expression => ({
  parts: parts.map((part) => {
    if (typeof part === 'string' || 'variable' in part) return part;
    return 'name' in part ? names[part.name] : { variable: encoded };
  }),
});
