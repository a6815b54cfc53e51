import type { Kind } from './argument.ts';

/** Where in a block a statement is printed; the order of this list is the order of the text. */
export const phases = [
  'identity',
  'redirect',
  'snippet',
  'tls-redirect',
  'rewrite',
  'access',
  'request',
  'answer',
  'headers',
  'proxy',
  'errors',
  'content',
] as const;

/** A place in the order of a block's statements. */
export type Phase = (typeof phases)[number];

export interface DirectiveSpec {
  /** Kinds of the arguments, in order. */
  readonly args: readonly Kind[];
  /** Kind of any further arguments. */
  readonly rest?: Kind;
  readonly phase: Phase;
  /** Whether one block may have several. */
  readonly repeatable?: true;
}

/** Every directive that features and compilation emit. A directive that is not here does not compile. */
export const directiveCatalogue = {
  absolute_redirect: { args: ['flag'], phase: 'request' },
  access_log: { args: ['keyword'], phase: 'request' },
  add_header: { args: ['headerName', 'complex', 'keyword'], phase: 'answer', repeatable: true },
  add_header_inherit: { args: ['keyword'], phase: 'answer' },
  allow: { args: ['cidr'], phase: 'access', repeatable: true },
  auth_basic: { args: ['complex'], phase: 'access' },
  auth_basic_user_file: { args: ['file'], phase: 'access' },
  client_body_buffer_size: { args: ['size'], phase: 'request' },
  client_max_body_size: { args: ['size'], phase: 'request' },
  deny: { args: ['cidr'], phase: 'access', repeatable: true },
  error_page: { args: ['number'], rest: 'keyword', phase: 'errors', repeatable: true },
  grpc_connect_timeout: { args: ['time'], phase: 'proxy' },
  grpc_hide_header: { args: ['headerName'], phase: 'headers', repeatable: true },
  grpc_intercept_errors: { args: ['flag'], phase: 'errors' },
  grpc_next_upstream: { args: ['keyword'], rest: 'keyword', phase: 'proxy' },
  grpc_next_upstream_timeout: { args: ['time'], phase: 'proxy' },
  grpc_next_upstream_tries: { args: ['number'], phase: 'proxy' },
  grpc_pass: { args: ['pass'], phase: 'content' },
  grpc_read_timeout: { args: ['time'], phase: 'proxy' },
  grpc_send_timeout: { args: ['time'], phase: 'proxy' },
  grpc_set_header: { args: ['headerName', 'complex'], phase: 'headers', repeatable: true },
  hash: { args: ['key'], rest: 'keyword', phase: 'identity' },
  http2: { args: ['flag'], phase: 'identity' },
  limit_conn: { args: ['id', 'number'], phase: 'access', repeatable: true },
  limit_conn_status: { args: ['number'], phase: 'access' },
  limit_conn_zone: { args: ['key', 'zone'], phase: 'identity', repeatable: true },
  limit_rate: { args: ['size'], phase: 'request' },
  limit_rate_after: { args: ['size'], phase: 'request' },
  limit_req: { args: ['zone', 'burst', 'keyword'], phase: 'access', repeatable: true },
  limit_req_status: { args: ['number'], phase: 'access' },
  limit_req_zone: { args: ['key', 'zone', 'rate'], phase: 'identity', repeatable: true },
  map_hash_bucket_size: { args: ['number'], phase: 'identity' },
  map_hash_max_size: { args: ['number'], phase: 'identity' },
  pass: { args: ['socket'], phase: 'content' },
  port_in_redirect: { args: ['flag'], phase: 'request' },
  proxy_buffer_size: { args: ['size'], phase: 'proxy' },
  proxy_buffering: { args: ['flag'], phase: 'proxy' },
  proxy_buffers: { args: ['number', 'size'], phase: 'proxy' },
  proxy_busy_buffers_size: { args: ['size'], phase: 'proxy' },
  proxy_connect_timeout: { args: ['time'], phase: 'proxy' },
  proxy_cookie_domain: { args: ['complex'], rest: 'complex', phase: 'proxy' },
  proxy_cookie_path: { args: ['complex'], rest: 'complex', phase: 'proxy' },
  proxy_hide_header: { args: ['headerName'], phase: 'headers', repeatable: true },
  proxy_http_version: { args: ['keyword'], phase: 'proxy' },
  proxy_intercept_errors: { args: ['flag'], phase: 'errors' },
  proxy_max_temp_file_size: { args: ['size'], phase: 'proxy' },
  proxy_next_upstream: { args: ['keyword'], rest: 'keyword', phase: 'proxy' },
  proxy_next_upstream_timeout: { args: ['time'], phase: 'proxy' },
  proxy_next_upstream_tries: { args: ['number'], phase: 'proxy' },
  proxy_pass: { args: ['pass'], phase: 'content' },
  proxy_pass_request_body: { args: ['flag'], phase: 'proxy' },
  proxy_protocol: { args: ['flag'], phase: 'proxy' },
  proxy_read_timeout: { args: ['time'], phase: 'proxy' },
  proxy_redirect: { args: ['complex'], rest: 'complex', phase: 'proxy' },
  proxy_request_buffering: { args: ['flag'], phase: 'proxy' },
  proxy_responses: { args: ['number'], phase: 'proxy' },
  proxy_send_timeout: { args: ['time'], phase: 'proxy' },
  proxy_set_header: { args: ['headerName', 'complex'], phase: 'headers', repeatable: true },
  proxy_timeout: { args: ['time'], phase: 'proxy' },
  random: { args: ['keyword', 'keyword'], phase: 'identity' },
  real_ip_header: { args: ['headerName'], phase: 'access' },
  real_ip_recursive: { args: ['flag'], phase: 'access' },
  recursive_error_pages: { args: ['flag'], phase: 'errors' },
  return: { args: ['number'], rest: 'complex', phase: 'redirect' },
  rewrite: { args: ['regex', 'complex', 'keyword'], phase: 'rewrite', repeatable: true },
  rewrite_log: { args: ['flag'], phase: 'request' },
  satisfy: { args: ['keyword'], phase: 'access' },
  server_names_hash_bucket_size: { args: ['number'], phase: 'identity' },
  server_names_hash_max_size: { args: ['number'], phase: 'identity' },
  set: { args: ['variable', 'complex'], phase: 'identity', repeatable: true },
  set_real_ip_from: { args: ['cidr'], phase: 'access', repeatable: true },
  ssl_ciphers: { args: ['complex'], phase: 'identity' },
  ssl_prefer_server_ciphers: { args: ['flag'], phase: 'identity' },
  ssl_preread: { args: ['flag'], phase: 'identity' },
  ssl_protocols: { args: ['keyword'], rest: 'keyword', phase: 'identity' },
  variables_hash_bucket_size: { args: ['number'], phase: 'identity' },
  variables_hash_max_size: { args: ['number'], phase: 'identity' },
} as const satisfies Record<string, DirectiveSpec>;

/** Name of a directive of the catalogue. */
export type DirectiveName = keyof typeof directiveCatalogue;
