/**
 * Variables that expressions may name: those of NGINX whose value a client cannot fill with control characters, headers
 * of requests and of backends, and our own. `$uri`, `$document_uri` and numbered captures are decoded client bytes and are not among them.
 */
export type VariableName =
  | 'best_http_host'
  | 'host'
  | 'realip_remote_addr'
  | 'remote_addr'
  | 'request_id'
  | 'request_method'
  | 'request_uri'
  | 'scheme'
  | 'server_port'
  | 'ssl_server_name'
  | 'upstream_addr'
  | `upstream_http_${string}`
  | `http_${string}`
  | `pt_${string | number}`;

/** Variables that NGINX may compare and count, but never print: clients fill them with whatever bytes they like. */
export type KeyVariable =
  VariableName | 'binary_remote_addr' | 'remote_user' | 'uri' | 'args' | `arg_${string}` | `cookie_${string}`;

/** What a FastCGI program may be told: its parameters have lengths, so that no byte ends one. */
export type ParamVariable =
  | KeyVariable
  | 'content_length'
  | 'content_type'
  | 'document_root'
  | 'document_uri'
  | 'fastcgi_path_info'
  | 'fastcgi_script_name'
  | 'https'
  | 'query_string'
  | 'remote_port'
  | 'server_addr'
  | 'server_name'
  | 'server_protocol';

/** The value of a FastCGI parameter. */
export type ParamExpression = string | { readonly parts: readonly (string | { readonly variable: ParamVariable })[] };

/** Text that NGINX compares or counts by. */
export type KeyExpression = string | { readonly parts: readonly (string | { readonly variable: KeyVariable })[] };

/** Literals and variables in the order they are printed. */
export interface Expression {
  readonly parts: readonly (string | { readonly variable: VariableName })[];
}

/** A literal string (every character stands for itself) or an expression. */
export type Complex = string | Expression;

/** Template tag: expr`https://${'host'}${{ text }}` prints `https://${host}` and the text, taken literally. */
export const expr = (
  texts: TemplateStringsArray,
  ...values: readonly (VariableName | { readonly text: string })[]
): Expression => ({
  parts: texts.flatMap((text, index): Expression['parts'] => {
    const value = values[index];
    const literal = text === '' ? [] : [text];
    if (value === undefined) return literal;
    return [...literal, typeof value === 'string' ? { variable: value } : value.text];
  }),
});
