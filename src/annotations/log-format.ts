import type { LogExpression } from '../nginx/expression.ts';
import { fail, ok } from '../values/result.ts';
import { isGeoVariable } from './geo-variables.ts';
import { invariant } from '../values/invariant.ts';
import type { ValueType } from './value-types.ts';
import { headerVariable, parseVariableText } from './variable-text.ts';

/** A line of the access log. */
export interface LogFormat {
  readonly text: string;
  readonly expression: LogExpression;
}

/** What NGINX knows of a request; the log escapes what clients may fill with anything. */
const OF_REQUESTS =
  'args binary_remote_addr body_bytes_sent bytes_sent document_uri gzip_ratio http2 is_args limit_conn_status limit_rate limit_req_status pipe proxy_host proxy_port query_string remote_user request request_body request_filename ssl_alpn_protocol ssl_ciphers ssl_client_cert ssl_client_v_end ssl_client_v_remain ssl_client_v_start ssl_curve ssl_curves ssl_early_data status tcpinfo_rcv_space tcpinfo_rtt tcpinfo_rttvar tcpinfo_snd_cwnd upstream_bytes_received upstream_bytes_sent upstream_cache_status upstream_connect_time upstream_header_time upstream_response_length upstream_response_time upstream_status uri';

const REQUEST_VARIABLES: ReadonlySet<string> = new Set(OF_REQUESTS.split(' '));
const BY_PREFIX = /^(arg|cookie|sent_trailer|upstream_cookie|upstream_trailer)_[a-z0-9_]{1,60}$/;

/** Variables that every location sets, where a format names them. */
export const ROUTE_VARIABLES = {
  namespace: 'pt_log_namespace',
  ingress_name: 'pt_log_ingress',
  service_name: 'pt_log_service',
  service_port: 'pt_log_port',
  location_path: 'pt_log_path',
} as const;

const OF_ROUTES: ReadonlyMap<string, string> = new Map([
  ...Object.entries(ROUTE_VARIABLES),
  ['proxy_upstream_name', 'proxy_upstream_name'],
  ['proxy_alternative_upstream_name', 'proxy_alternative_upstream_name'],
]);

const isOfRequest = (name: string): boolean =>
  REQUEST_VARIABLES.has(name) || BY_PREFIX.test(name) || isGeoVariable(name);

const variableOf = (name: string): string | undefined =>
  OF_ROUTES.get(name) ?? (isOfRequest(name) ? name : headerVariable(name));

const LINE = /^[^\u0000-\u001f\u007f]*$/;
/** What NGINX takes as one word. */
const MAX_BYTES = 4_000;

/** Each quote and backslash is printed with a backslash, each name in braces. */
const printedBytes = (text: string): number => Buffer.byteLength(text) + 2 + 2 * (text.match(/["\\$]/g)?.length ?? 0);

/** A line with the variables that stand for something there. */
export const formatWith = (
  examples: readonly string[],
  variableIn: (name: string) => string | undefined,
): ValueType<LogFormat> => ({
  label: 'one line of text with variables of NGINX',
  examples,
  format: ({ text }) => text,
  parse: (text) => {
    if (!LINE.test(text) || !text.isWellFormed()) return fail('one line of text');
    if (printedBytes(text) > MAX_BYTES) return fail(`at most ${MAX_BYTES} bytes, quotes counted twice`);
    const expression = parseVariableText(text, variableIn);
    return expression.ok ? ok({ text, expression: expression.value }) : expression;
  },
});

/** One line with variables of NGINX and of ingress-nginx. */
export const logFormat = formatWith(
  ['$remote_addr "$request" $status', '{"time": "$time_iso8601", "host": "$host", "path": "$uri"}'],
  variableOf,
);

/** Whether a format names a variable of ours. */
export const names = ({ expression }: LogFormat, variable: string): boolean =>
  expression.parts.some((part) => typeof part !== 'string' && part.variable === variable);

const DEFAULT_TEXT =
  '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" $request_length $request_time [$proxy_upstream_name] [$proxy_alternative_upstream_name] $upstream_addr $upstream_response_length $upstream_response_time $upstream_status $req_id';

/** A line that is known to parse. */
export const parsed = (text: string, variableIn: (name: string) => string | undefined): LogFormat => {
  const expression = parseVariableText(text, variableIn);
  invariant(expression.ok, `${text} is a log format`);
  return { text, expression: expression.value };
};

/** That of ingress-nginx. */
export const defaultLogFormat: LogFormat = parsed(DEFAULT_TEXT, variableOf);
