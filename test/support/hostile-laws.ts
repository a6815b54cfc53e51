import type { ConfigNode } from '../../src/nginx/lexer.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { formatProblem } from '../../src/problems/problem.ts';
import {
  blocksOf,
  commonText,
  configText,
  directivesOfPlan,
  everyDirective,
  httpOf,
  mapsOf,
  serverShapes,
  vocabulary,
} from './hostile-tree.ts';

/** A path and query of a URL that is asked or led to, with variables that hold neither spaces nor line breaks. */
const URL_REST =
  /([\w~.,:/?&=!@()*;'+%-]|\$\{(host|http_host|best_http_host|pt_access_scheme|pt_port|remote_addr|request_id|request_method|request_uri|scheme|server_port)\})*/
    .source;

/** What the arguments may be that decide where NGINX reads, writes, listens, connects or leads clients to. */
const SINKS: Readonly<Record<string, RegExp>> = {
  auth_request: /^\/_portico\/auth\/[0-9a-f]{32}$/,
  auth_request_set: /^\$pt_auth_(cookie|h_[a-z0-9_]+) \$\{upstream_http_[a-z0-9_]+\}$/,
  auth_basic: /^(?!off$)[\x20-\x7e]*$/,
  auth_basic_user_file: /^\/run\/portico\/desired\/files\/[0-9a-f]{64}$/,
  access_log: /^(off|\/dev\/stdout upstreaminfo( if=\$pt_loggable)?)$/,
  error_log: /^(stderr (debug|info|notice|warn|error|crit|alert|emerg)|\/run\/portico\/run\/emerg\.log emerg)$/,
  error_page:
    /^([345]\d\d = @pt_(unavailable|not_found|(page_[345]\d\d|instead|unavailable)_[0-9a-f]{16}|sign_in_[0-9a-f]{32})|49[56] (@(?!pt_)|https?:\/\/[a-z0-9]|\/(?!_portico\/))[\w.:/-]*)$/,
  fastcgi_pass: /^(u[0-9a-f]{32,61}|\$\{pt_(map|split)_[0-9a-f]{32}\})$/,
  grpc_pass: /^grpcs?:\/\/(u[0-9a-f]{32,61}|\$\{pt_(map|split)_[0-9a-f]{32}\})$/,
  if: /^\((\$pt_no_endpoints( = 1)?|\$pt_sees_status = |\$pt_blocked_(address|agent|referer) = 1|\$pt_access_scheme = http|\$scheme = http|\$uri (= \/|~ \^\/_portico\/)|\$pt_map_[0-9a-f]{32} = [01]?) ?\)$/,
  include:
    /^(\/run\/portico\/run\/(modules\/(http_modsecurity|otel|stream)_module|local-user|local-processes|local-open-files|local-http|resolver|resolver-ipv6)\.conf|generation\.conf)$/,
  listen:
    /^(((\d+\.){3}\d+:|\[[0-9a-f:]+\]:)?(80|443 ssl)( default_server)?( reuseport)?|unix:\/run\/portico\/run\/(verify|not-found|encoder)\.sock|unix:\/run\/portico\/run\/tls\.sock ssl( default_server)?)$/,
  location:
    /^(@pt_(unavailable|not_found|(page_[345]\d\d|instead|unavailable)_[0-9a-f]{16}|sign_in_[0-9a-f]{32})|(= )?\/.*|~\* \(\*LIMIT_MATCH=50000\)\^\/.*)$/s,
  mirror: /^\/_portico\/mirror\/[0-9a-f]{32}$/,
  proxy_pass: new RegExp(
    `^https?://(u[0-9a-f]{32,61}((/|\\$\\{request_uri\\})${URL_REST})?|pt_default_404|pt_encoder|\\$\\{pt_(map|split)_[0-9a-f]{32}\\})$`,
  ),
  proxy_redirect: /^(off|default|~\^http:\/\/pt\/\(\?<pt_encoded_uri>\.\*\) (https?:\/\/|\/)\S*|\S+ \S+)$/,
  proxy_cache: /^pt_auth$/,
  return:
    /^(20[04]|[345]\d\d|30[1278] https:\/\/\$\{pt_redirect_host\}(:443)?\$\{(pt_redirect_uri|request_uri)\}|30[12] (https?:\/\/[A-Za-z0-9]|\/)[\w~.:+/,?&=-]*|30[1278] \$\{pt_access_scheme\}:\/\/[a-z0-9.-]+:\$\{pt_port\}\$\{pt_redirect_uri\}|302 \$\{scheme\}:\/\/\$\{http_host\}\/[\w~.:+/-]*|302 http:\/\/pt\/\$args|302 (https?:\/\/|\/)([\w~.,:/?&=!@()*;'+%-]|\$\{(host|http_host|best_http_host|pt_access_scheme|pt_port|remote_addr|request_id|request_method|request_uri|scheme|server_port)\})*)$/,
  rewrite:
    /^(\^\/%\(\.\*\)\\z \/\?\$1 last|\(\*LIMIT_MATCH=50000\)(\^ \/(%\$\{pt_map_[0-9a-f]{32}\}\?)?|\(\?i\)\/.* (https?:\/\/[A-Za-z0-9][\w~.:+-]*(\/([\w~.:+/-]|\$\{pt_\d+\})*)?|([\w~.:+/-]|\$\{pt_\d+\})+)) break)$/s,
  server:
    /^((s\d{1,3}\.)?p\d{1,5}\.u[0-9a-f]{32,61}\.portico\.internal:\d{1,5} resolve max_fails=0|unix:\/run\/portico\/run\/(not-found|encoder)\.sock|)$/,
  server_name: /^(_|[a-z0-9.-]+|~\^\[\\w-\]\+(\\\.[a-z0-9-]+)+\\z)$/,
  set: /^\$(proxy_upstream_name ([a-z0-9.-]*|[A-Za-z]+:[a-z0-9.-]+\/[a-z0-9.-]+)|(proxy_alternative_upstream_name|pt_session|pt_same_site) \$\{pt_map_[0-9a-f]{32}\}|pt_(namespace|ingress|service|service_port) [a-z0-9.-]*)$/,
  sticky:
    /^(route \$pt_session|cookie [\w.~/:-]+( (expires=\d+s|domain=[\w.-]+|path=\/[\w.~/:,?&=+%-]*|secure|httponly|samesite=(strict|lax|none|\$pt_same_site)))+)$/,
  ssl_certificate: /^\$pt_(certificate|map_[0-9a-f]{32})$/,
  ssl_certificate_key: /^\$pt_(certificate|map_[0-9a-f]{32})$/,
  ssl_client_certificate: /^\/run\/portico\/desired\/files\/[0-9a-f]{64}$/,
  ssl_crl: /^\/run\/portico\/desired\/files\/[0-9a-f]{64}$/,
  upstream: /^(u[0-9a-f]{32,61}|pt_default_404|pt_encoder)$/,
};

/** The same where bytes are passed on. */
const STREAM_SINKS: typeof SINKS = {
  ...SINKS,
  access_log: /^(off|\/dev\/stdout streaminfo)$/,
  listen: /^\d{1,5}( default_server| udp)?( proxy_protocol)?$/,
  pass: /^unix:\/run\/portico\/run\/tls\.sock$/,
  proxy_pass: /^u[0-9a-f]{32,61}$/,
  server_name: /^[a-z0-9.-]+$/,
};

const NAMED_GROUP = /\(\?(?:P?<(?![=!])(?!pt_\d+>)|')/;

/** Maps of ours may capture into variables of ours. */
const NAMED_GROUP_OF_OTHERS = /\(\?(?:P?<(?![=!])(?!pt_)|')/;

const strangeDirectives = (nodes: readonly ConfigNode[], sinks: typeof SINKS): readonly string[] =>
  everyDirective(nodes).flatMap(({ name, args }) => {
    const text = args.join(' ');
    if (!vocabulary.has(name)) return [`no template has the directive ${name} ${text}`];
    const isRegex = name === 'rewrite' || (name === 'location' && args[0] === '~*');
    if (isRegex && NAMED_GROUP.test(text)) return [`${name} captures into a variable: ${text}`];
    return sinks[name]?.test(text) === false ? [`${name} leads astray: ${text}`] : [];
  });

/** What a variable may lead to that names an upstream. */
const CHOICE = /^(u[0-9a-f]{32,61}|\$\{pt_(map|split)_[0-9a-f]{32}\})$/;

/** Maps whose expressions capture into variables of others, and those that choose an upstream and lead elsewhere. */
const strangeMaps = (nodes: readonly ConfigNode[]): readonly string[] => {
  const passes = everyDirective(nodes).filter(({ name }) => name === 'proxy_pass' || name === 'grpc_pass');
  const choices = new Set(passes.map(({ args }) => `$${/\{(\w+)\}/.exec(args.join(' '))?.[1] ?? ''}`));
  return mapsOf(nodes).flatMap(({ args, children = [] }) =>
    children.flatMap(({ name, args: [value = ''] }) => {
      if (NAMED_GROUP_OF_OTHERS.test(name)) return [`a map captures into a variable: ${name}`];
      return choices.has(args.at(-1) ?? '') && !CHOICE.test(value) ? [`a map leads astray: ${value}`] : [];
    }),
  );
};

/** Control characters, separators of lines, and marks that turn or hide text. */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|\p{Surrogate}/u;

const isStream = ({ name }: ConfigNode): boolean => name === 'stream';

/** What no plan may hold, whoever wrote whatever. */
export const unsound = (planned: Plan): readonly string[] => [
  ...strangeDirectives(
    directivesOfPlan(planned).filter((node) => !isStream(node)),
    SINKS,
  ),
  ...strangeDirectives(directivesOfPlan(planned).filter(isStream), STREAM_SINKS),
  ...strangeMaps(directivesOfPlan(planned)),
  ...planned.problems
    .map(formatProblem)
    .filter((line) => UNPRINTABLE.test(line))
    .map((line) => `a problem is not one line of text: ${JSON.stringify(line)}`),
];

/** Every shape that a part of a server has. */
export const shapesOf = (planned: Plan): readonly string[] =>
  httpOf(directivesOfPlan(planned))
    .filter((node) => node.name === 'server')
    .flatMap(serverShapes);

/** What has changed for others than the tenants between two plans. */
export const sideEffects = (before: Plan, after: Plan): readonly string[] => {
  const [was, is] = [configText(before), configText(after)];
  const changed = blocksOf(is, 'innocent').join('\n') !== blocksOf(was, 'innocent').join('\n');
  return [
    ...(changed ? ['the blocks of the innocent tenant'] : []),
    ...(commonText(is) === commonText(was) ? [] : ['what all tenants share']),
  ];
};
