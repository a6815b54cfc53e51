import type { BlockDraft, LocationDraft } from '../nginx/draft.ts';
import { backendAnswerHeader, joined, expr, type Complex, type VariableName } from '../nginx/expression.ts';
import { printSnippet } from '../nginx/snippet.ts';
import { addAuthCache } from './auth-cache.ts';
import { authHeaders, type AuthRequest } from './auth-settings.ts';
import { authExpression } from './auth-text.ts';
import type { RouteFacts } from './define.ts';
import { addSignIn } from './sign-in.ts';

/** Set-Cookie of the answer to the question. */
const COOKIE: VariableName = 'pt_auth_cookie';

const KIB = 1024;
/** Answers carry tokens in headers; NGINX would answer 502 where they do not fit into 4 KiB. */
const BUFFER = 32 * KIB;

const variableOf = (header: string): `pt_auth_h_${string}` => `pt_auth_h_${header.toLowerCase().replaceAll('-', '_')}`;

const hostOf = ({ url }: AuthRequest): Complex => url.callee.host ?? expr`${'host'}`;

/** As in ingress-nginx; an empty value removes what the client says, because it could pass for somebody else's word. */
const headersOf = (
  request: AuthRequest,
  { backendHeaders, identity }: RouteFacts,
): readonly (readonly [string, Complex])[] => [
  ['Content-Length', ''],
  ['X-Forwarded-Proto', ''],
  ['X-Forwarded-Method', ''],
  ['X-Forwarded-Uri', ''],
  ['X-Request-ID', expr`${'pt_request_id'}`],
  ['X-Original-URI', request.method === undefined ? '' : expr`${'request_uri'}`],
  ['X-Scheme', request.method === undefined ? '' : expr`${'pt_access_scheme'}`],
  ['Host', hostOf(request)],
  ['X-Original-URL', expr`${'scheme'}://${'pt_requested_host'}${'request_uri'}`],
  ['X-Original-Method', expr`${'request_method'}`],
  ['X-Sent-From', 'nginx-ingress-controller'],
  ['X-Real-IP', expr`${'remote_addr'}`],
  ['X-Forwarded-For', backendHeaders.get('X-Forwarded-For') ?? ''],
  ['X-Auth-Request-Redirect', request.redirect ?? expr`${'request_uri'}`],
  ['Proxy', ''],
  ...identity,
];

const addHeaders = (request: AuthRequest, asking: BlockDraft, route: RouteFacts): boolean => {
  const further = authHeaders(request.headers, route.references);
  if (!further.ok) return false;
  const own = further.value.map(([name, { parts }]) => [name, authExpression(parts, route.names)] as const);
  const replaced = new Set(own.map(([name]) => name.toLowerCase()));
  const usual = headersOf(request, route).filter(([name]) => !replaced.has(name.toLowerCase()));
  for (const [name, value] of [...usual, ...own]) asking.add('proxy_set_header', name, value);
  return true;
};

/** What a snippet says itself stands once. */
const addTuning = ({ snippet, url, method }: AuthRequest, host: Complex, asking: BlockDraft): void => {
  const said = new Set(snippet.map(({ name }) => name));
  const unlessSaid: BlockDraft['add'] = (name, ...values) => {
    if (!said.has(name)) asking.add(name, ...values);
  };
  // The body stays where it is, so its size is the business of the route.
  unlessSaid('client_max_body_size', 0);
  unlessSaid('proxy_pass_request_body', false);
  unlessSaid('proxy_buffer_size', BUFFER);
  unlessSaid('proxy_buffers', 4, BUFFER);
  unlessSaid('proxy_busy_buffers_size', 2 * BUFFER);
  if (method !== undefined) unlessSaid('proxy_method', method);
  if (url.callee.scheme === 'http') return;
  unlessSaid('proxy_ssl_server_name', true);
  unlessSaid('proxy_ssl_name', host);
};

/** The location that asks; `false` where it must not be asked. */
const fillAsking = (
  request: AuthRequest,
  asking: BlockDraft,
  {
    route,
    location,
    upstream,
  }: { readonly route: RouteFacts; readonly location: LocationDraft; readonly upstream: string },
): boolean => {
  const { callee, path } = request.url;
  addTuning(request, hostOf(request), asking);
  if (request.isLogged) asking.add('log_subrequest', true);
  // Inherited from the server, either could make a refusal into something that passes.
  asking.add('proxy_intercept_errors', false);
  asking.add('error_page', 502, '=', '@pt_unavailable');
  if (request.cacheKey !== undefined) addAuthCache(request.cacheKey, request, { asking, location, names: route.names });
  for (const line of printSnippet(request.snippet)) asking.addLine(line);
  asking.add('proxy_pass', joined(`${callee.scheme}://${upstream}`, authExpression(path.parts, route.names)));
  return addHeaders(request, asking, route);
};

/** Asks before a request passes; the location is closed where nobody can be asked. */
export const addAuthRequest = (request: AuthRequest, location: LocationDraft, route: RouteFacts): void => {
  const upstream = route.callees.auth;
  if (upstream === undefined) return location.close();
  const owner = `${route.names.namespace}/${route.names.ingress}`;
  let complete = false;
  const asked = location.innerLocation({ reachedBy: 'subrequest', role: 'auth', owner }, (asking) => {
    complete = fillAsking(request, asking, { route, location, upstream });
  });
  if (!complete) return location.close();
  location.add('auth_request', asked);
  location.add('auth_request_set', COOKIE, expr`${'upstream_http_set_cookie'}`);
  location.add('add_header', 'Set-Cookie', expr`${COOKIE}`, ...(request.alwaysSetsCookie ? ['always'] : []));
  for (const header of request.responseHeaders) {
    location.add('auth_request_set', variableOf(header), expr`${backendAnswerHeader(header)}`);
    location.setBackendHeader(header, expr`${variableOf(header)}`);
  }
  if (request.signIn !== undefined)
    addSignIn(request.signIn, request.parameter, { location, owner, names: route.names });
};
