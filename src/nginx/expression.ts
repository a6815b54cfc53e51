/**
 * Variables of NGINX that expressions may name, because a client cannot fill them with control characters. `$uri`,
 * `$document_uri` and numbered captures are decoded client bytes and are not among them.
 */
export const printableVariables = [
  'best_http_host',
  'connection',
  'connection_requests',
  'content_length',
  'content_type',
  'host',
  'hostname',
  'https',
  'msec',
  'nginx_version',
  'pid',
  'proxy_add_x_forwarded_for',
  'proxy_protocol_addr',
  'proxy_protocol_port',
  'proxy_protocol_server_addr',
  'proxy_protocol_server_port',
  'realip_remote_addr',
  'realip_remote_port',
  'remote_addr',
  'remote_port',
  'request_completion',
  'request_id',
  'request_length',
  'request_method',
  'request_time',
  'request_uri',
  'scheme',
  'server_addr',
  'server_name',
  'server_port',
  'server_protocol',
  'ssl_cipher',
  'ssl_client_escaped_cert',
  'ssl_client_fingerprint',
  'ssl_client_i_dn',
  'ssl_client_s_dn',
  'ssl_client_serial',
  'ssl_client_verify',
  'ssl_early_data',
  'ssl_protocol',
  'ssl_server_name',
  'ssl_session_id',
  'ssl_session_reused',
  'time_iso8601',
  'time_local',
  'upstream_addr',
] as const;

/** Of the module for OpenTelemetry; what a client sends for them is read as hexadecimal digits. */
type TraceVariable = 'otel_parent_id' | 'otel_parent_sampled' | 'otel_trace_id';

/** Variables that expressions may name: those above, headers of requests and of backends, and our own. */
export type VariableName =
  | (typeof printableVariables)[number]
  | TraceVariable
  | `upstream_http_${string}`
  | `http_${string}`
  | `pt_${string | number}`;

/** Variables that NGINX may compare and count, but never print: clients fill them with whatever bytes they like. */
export type KeyVariable =
  VariableName | 'binary_remote_addr' | 'remote_user' | 'uri' | 'args' | `arg_${string}` | `cookie_${string}`;

/** What a FastCGI program may be told: its parameters have lengths, so that no byte ends one. */
export type ParamVariable =
  KeyVariable | 'document_root' | 'document_uri' | 'fastcgi_path_info' | 'fastcgi_script_name' | 'query_string';

/** The value of a FastCGI parameter. */
export type ParamExpression = string | { readonly parts: readonly (string | { readonly variable: ParamVariable })[] };

/** Text that NGINX compares or counts by. */
export type KeyExpression = string | { readonly parts: readonly (string | { readonly variable: KeyVariable })[] };

/** Text of the access log, which escapes what variables hold: any of NGINX may stand in it. */
export interface LogExpression {
  readonly parts: readonly (string | { readonly variable: string })[];
}

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

/** Expressions and texts one after the other. */
export const joined = (...values: readonly Complex[]): Complex =>
  values.every((value) => typeof value === 'string')
    ? values.join('')
    : { parts: values.flatMap((value) => (typeof value === 'string' ? [value] : value.parts)) };

const asVariable = (header: string): string => header.toLowerCase().replaceAll('-', '_');

/** The variable that holds a header of the request. */
export const requestHeader = (name: string): `http_${string}` => `http_${asVariable(name)}`;

/** The variable that holds a header of what a backend answered. */
export const backendAnswerHeader = (name: string): `upstream_http_${string}` => `upstream_http_${asVariable(name)}`;
