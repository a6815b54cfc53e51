/** Where a directive of a snippet may stand: in the place of the snippet itself, or in a body inside it. */
export type SnippetContext =
  | 'location'
  | 'server'
  | 'stream'
  | 'main'
  | 'http'
  | 'every server'
  | 'entries'
  | 'auth location'
  | 'location of a server'
  | 'if'
  | 'if of a server'
  | 'limit_except';

/** What may stand in a context. */
interface ContextRules {
  readonly directives: ReadonlySet<string>;
  /** Names of bodies, and the context inside each. */
  readonly bodies: ReadonlyMap<string, SnippetContext>;
  /** It holds pairs of words instead of directives. */
  readonly hasEntries?: true;
}

const words = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '');

/** What NGINX allows in conditions of a location too. */
const inCondition = words(`
  access_log add_header add_trailer break charset error_page expires gzip limit_rate limit_rate_after override_charset
  return rewrite rewrite_log sendfile set source_charset uninitialized_variable_warn
`);

/** Whom a location lets in. A location of another Ingress would inherit it, and with `satisfy any` one way in is enough. */
const access = words('allow auth_basic auth_delay auth_request auth_request_set deny satisfy');

const requests = words(`
  absolute_redirect chunked_transfer_encoding client_body_buffer_size client_body_in_single_buffer client_body_timeout
  client_max_body_size default_type etag gunzip gzip_buffers gzip_comp_level gzip_disable gzip_http_version
  gzip_min_length gzip_proxied gzip_types gzip_vary if_modified_since keepalive_disable keepalive_min_timeout
  keepalive_requests keepalive_time keepalive_timeout limit_conn limit_conn_dry_run limit_conn_log_level
  limit_conn_status limit_req limit_req_dry_run limit_req_log_level limit_req_status lingering_close lingering_time
  lingering_timeout log_not_found log_subrequest max_ranges msie_padding msie_refresh output_buffers port_in_redirect
  postpone_output reset_timedout_connection secure_link secure_link_md5 send_lowat send_timeout
  sendfile_max_chunk server_name_in_redirect server_tokens sub_filter sub_filter_last_modified sub_filter_once
  sub_filter_types subrequest_output_buffer_size tcp_nodelay tcp_nopush valid_referers
`);

const ofBothModules = (text: string): readonly string[] =>
  words(text).flatMap((name) => [`proxy_${name}`, `grpc_${name}`]);

/** How NGINX speaks to a backend. */
const backends = [
  ...ofBothModules(`
    buffer_size connect_timeout hide_header ignore_headers next_upstream next_upstream_timeout next_upstream_tries
    pass_header read_timeout send_timeout socket_keepalive
  `),
  ...words(`
    proxy_buffering proxy_buffers proxy_busy_buffers_size proxy_cookie_domain proxy_cookie_flags proxy_cookie_path
    proxy_force_ranges proxy_http_version proxy_ignore_client_abort proxy_limit_rate proxy_max_temp_file_size
    proxy_pass_trailers proxy_redirect proxy_request_buffering proxy_send_lowat proxy_temp_file_write_size
  `),
];

/** Inherited, these would weaken how a location of another Ingress verifies its backend, or what it makes of refusals. */
const backendSecurity = ofBothModules('ssl_ciphers ssl_name ssl_protocols ssl_server_name ssl_session_reuse');
const interception = ['recursive_error_pages', ...ofBothModules('intercept_errors')];

/**
 * What the backend is asked. A server that sets one header loses all those of `http`, and with them what clients may
 * not say themselves.
 */
const backendRequests = words(`
  grpc_set_header proxy_method proxy_pass_request_body proxy_pass_request_headers proxy_set_body proxy_set_header
`);

/** Of a module that ingress-nginx has; `snippet-headers.ts` says the same to stock NGINX. */
const moreHeaders = words('more_clear_headers more_clear_input_headers more_set_headers more_set_input_headers');

/** Not what a header or a path is: by `merge_slashes off`, `//a` would pass by the location `/a`. */
const connections = words('client_header_buffer_size client_header_timeout large_client_header_buffers');

const NOT_IN_HTTP = new Set(
  words(`
    break limit_conn limit_req return rewrite set valid_referers
  `),
);

const inHttp = [...inCondition, ...requests, ...words('limit_conn_zone limit_req_zone')].filter(
  (name) => !NOT_IN_HTTP.has(name),
);

const rules = (directives: readonly string[], bodies: Readonly<Record<string, SnippetContext>> = {}): ContextRules => ({
  directives: new Set(directives),
  bodies: new Map(Object.entries(bodies)),
});

const inLocation = { if: 'if', limit_except: 'limit_except' } as const;
const location = [
  ...inCondition,
  ...access,
  ...requests,
  ...backends,
  ...backendSecurity,
  ...interception,
  ...backendRequests,
];

/**
 * What each context may hold: nothing that reads or writes files, runs code, names a backend, or opens what another
 * Ingress protects.
 */
export const snippetContexts: Readonly<Record<SnippetContext, ContextRules>> = {
  location: rules([...location, ...moreHeaders], inLocation),
  server: rules([...inCondition, 'deny', ...requests, ...backends, ...connections], {
    if: 'if of a server',
    location: 'location of a server',
  }),
  // What opens ports, or leads elsewhere, is for the operator to say.
  stream: rules(
    words(`
      access_log deny preread_buffer_size preread_timeout proxy_buffer_size proxy_connect_timeout proxy_download_rate
      proxy_half_close proxy_next_upstream proxy_next_upstream_timeout proxy_next_upstream_tries proxy_protocol_timeout
      proxy_requests proxy_responses proxy_socket_keepalive proxy_timeout proxy_upload_rate tcp_nodelay
    `),
  ),
  // Snippets of the operator: what starts processes, reads files or opens ports is for flags and keys to say.
  main: rules(words('thread_pool timer_resolution worker_priority worker_rlimit_core')),
  // Servers of our own inherit it, so it may let nobody in and keep nobody out.
  http: rules([...inHttp, ...backends, ...connections, ...moreHeaders], {
    geo: 'entries',
    map: 'entries',
    split_clients: 'entries',
  }),
  'every server': rules([...inCondition, 'deny', ...requests, ...backends, ...connections], { if: 'if of a server' }),
  entries: { ...rules([]), hasEntries: true },
  // What answers there decides whom the route lets in.
  'auth location': rules(['access_log', 'set', ...requests, ...backends, ...backendSecurity, ...backendRequests]),
  'location of a server': rules(location, inLocation),
  if: rules(inCondition),
  'if of a server': rules(words('break return rewrite rewrite_log set uninitialized_variable_warn')),
  limit_except: rules(words('access_log allow auth_basic deny')),
};
