import type { ConfigMap } from '../cluster/resources.ts';
import { LONGEST_HASHED_NAME } from '../nginx/header-room.ts';
import type { ParamExpression, ParamVariable } from '../nginx/expression.ts';
import { readParts, variableIf } from '../nginx/text-parts.ts';
import type { Refusal } from '../problems/problem.ts';
import { compareText } from '../values/compare.ts';
import { fail, ok, type Result } from '../values/result.ts';
import { defineFamily, type Finding } from './define.ts';
import { closingFindings, readAs } from './referenced.ts';
import type { References } from './references.ts';
import { objectName, textMatching } from './value-types.ts';

type Params = ReadonlyMap<string, ParamExpression>;

const of = (variable: ParamVariable): ParamExpression => ({ parts: [{ variable }] });

/** What NGINX's own `fastcgi_params` says, but for HTTPS. */
const USUAL: Params = new Map<string, ParamExpression>([
  ['QUERY_STRING', of('query_string')],
  ['REQUEST_METHOD', of('request_method')],
  ['CONTENT_TYPE', of('content_type')],
  ['CONTENT_LENGTH', of('content_length')],
  ['SCRIPT_NAME', of('fastcgi_script_name')],
  ['REQUEST_URI', of('request_uri')],
  ['DOCUMENT_URI', of('document_uri')],
  ['DOCUMENT_ROOT', of('document_root')],
  ['SERVER_PROTOCOL', of('server_protocol')],
  ['REQUEST_SCHEME', of('scheme')],
  ['GATEWAY_INTERFACE', 'CGI/1.1'],
  ['SERVER_SOFTWARE', 'nginx'],
  ['REMOTE_ADDR', of('remote_addr')],
  ['REMOTE_PORT', of('remote_port')],
  ['REMOTE_USER', of('remote_user')],
  ['SERVER_ADDR', of('server_addr')],
  ['SERVER_PORT', of('server_port')],
  ['SERVER_NAME', of('server_name')],
  ['REDIRECT_STATUS', '200'],
]);

const VARIABLES: ReadonlySet<string> = new Set([
  'args',
  'content_length',
  'content_type',
  'document_root',
  'document_uri',
  'fastcgi_path_info',
  'fastcgi_script_name',
  'host',
  'https',
  'query_string',
  'remote_addr',
  'remote_port',
  'remote_user',
  'request_id',
  'request_method',
  'request_uri',
  'scheme',
  'server_addr',
  'server_name',
  'server_port',
  'server_protocol',
  'uri',
] satisfies readonly ParamVariable[]);

const isVariable = (name: string): name is ParamVariable =>
  VARIABLES.has(name) || /^(http|arg|cookie)_[a-z0-9_]{1,60}$/.test(name);

const LITERAL = /^[A-Za-z0-9\-_/.]+$/;

const valueOf = (text: string): ParamExpression | undefined => {
  const parts = readParts(text, { literal: LITERAL, variable: variableIf(isVariable) });
  return parts.ok && text.length <= 1_000 ? { parts: parts.value } : undefined;
};

const MAX_PARAMS = 100;
/** So begin parameters that say what a header says. */
const HEADER = 'HTTP_';

/** The parameters that a ConfigMap names; the error completes "expected …". */
const paramsIn = ({ data }: ConfigMap): Result<Params> => {
  const entries = Object.entries(data).toSorted(([a], [b]) => compareText(a, b));
  if (entries.length > MAX_PARAMS) return fail(`at most ${MAX_PARAMS} parameters`);
  const params = new Map<string, ParamExpression>();
  for (const [name, text] of entries) {
    if (name.startsWith(HEADER) && name.length > HEADER.length + LONGEST_HASHED_NAME)
      return fail(`names of headers of at most ${LONGEST_HASHED_NAME} characters, not ${name}`);
    const value = valueOf(text);
    if (value === undefined)
      return fail(`letters, digits, - _ / . and variables that NGINX has for every request in ${name}`);
    params.set(name, value);
  }
  return ok(params);
};

const NONE: Params = new Map();

const paramsOf = (reference: string, references: References): Result<Params, Refusal> =>
  readAs(references.configMap(reference), 'InvalidConfigMap', paramsIn);

/** What FastCGI programs are told. */
export const fastcgi = defineFamily({
  name: 'fastcgi',
  summary: 'What FastCGI programs (backend-protocol FCGI) are told.',
  keys: {
    'fastcgi-index': {
      type: textMatching('a file name of letters, digits and . - _', /^[A-Za-z0-9._-]{1,200}$/, 'index.php'),
      source: 'annotation',
      scope: 'location',
      risk: 'Medium',
      onInvalid: 'default',
      compat: 'same',
      doc: 'File that a path which ends with a slash means.',
    },
    'fastcgi-params-configmap': {
      type: objectName('ConfigMap', 'shop/params'),
      source: 'annotation',
      scope: 'location',
      risk: 'Medium',
      onInvalid: 'close',
      compat: 'stricter',
      doc: 'ConfigMap whose entries are parameters of the request, beside the usual ones (fastcgi_params) or in their place; values are letters, digits, - _ / . and variables. The routes are closed where it is missing, is in another namespace without allow-cross-namespace-resources, or holds something else.',
    },
  },
  check(settings, { references }): readonly Finding[] {
    const reference = settings['fastcgi-params-configmap'];
    if (reference === undefined) return [];
    return closingFindings('fastcgi-params-configmap', reference, paramsOf(reference, references));
  },
  emitLocation(settings, location, { protocol, references }) {
    if (protocol !== 'FCGI') return;
    const reference = settings['fastcgi-params-configmap'];
    const own = reference === undefined ? ok(NONE) : paramsOf(reference, references);
    if (!own.ok) return location.close();
    if (settings['fastcgi-index'] !== undefined) location.add('fastcgi_index', settings['fastcgi-index']);
    if (!own.value.has('HTTPS')) location.add('fastcgi_param', 'HTTPS', of('https'), 'if_not_empty');
    for (const [name, value] of new Map([...USUAL, ...own.value])) location.add('fastcgi_param', name, value);
  },
});
