import { editsHeaders, headerEdits } from './snippet-headers.ts';
import { snippetContexts, type SnippetContext } from './snippet-contexts.ts';

/** What a rule sees of a directive. */
interface Candidate {
  readonly name: string;
  readonly args: readonly string[];
}

/** Directives that nobody may have who writes a snippet, and what they would do (compat/security.md, R2). */
const refusedNames: readonly (readonly [names: RegExp, expected: string])[] = [
  [/^(env|load_module|pid|ssl_engine|user)$/, 'no directive that changes the NGINX process'],
  [/_by_lua(_|$)|^(js|lua|perl)(_|$)/, 'no directive that runs code'],
  [/^(alias|auth_basic_user_file|include|root|try_files)$/, 'no directive that reads files'],
  [/^error_log$|_(cache_path|store|temp_path)$/, 'no directive that writes files'],
  [/(^|_)pass$/, 'no directive that names a backend'],
];

/** NGINX looks these variables up by prefix; a variable defined under such a name hides the real one in every server. */
const PREFIXED = /^\$\{?(arg|cookie|http|sent_http|sent_trailer|upstream_cookie|upstream_http|upstream_trailer)_/i;

/** `$pt_…` in any case, because names of variables have none. */
const OUR_VARIABLE = /\$\{?pt_/i;
/** Others of ours: they may be read, as in ingress-nginx, but locations of others rely on what they hold. */
const READ_ONLY = /^\$\{?(best_http_host|proxy_upstream_name)\b/i;
const SETTERS: ReadonlySet<string> = new Set(['auth_request_set', 'set']);
const OUR_ZONE = /^(zone=)?pt_/;
/** They answer without a look at who asks. */
const OUR_LOCATION = /^@pt_|\/_portico\//;
/** It could be the name of any location. */
const HELD_NAME = /^@.*\$|^\$/;
const NAMED_GROUP = /\(\?(?:P?<(?![=!])|')/;

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HEADERS: ReadonlySet<string> = new Set(['add_header', 'add_trailer', 'grpc_set_header', 'proxy_set_header']);

/** NGINX prints a name as it stands, with any line break in it. */
const badHeader = ({ name, args: [header = ''] }: Candidate): string | undefined =>
  HEADERS.has(name) && !TOKEN.test(header) ? 'the name of a header' : undefined;

/** What may follow each modifier of a location; a lone path is read as a modifier where it begins like one. */
const locationGrammars: ReadonlyMap<string | undefined, RegExp> = new Map([
  [undefined, /^\//],
  ['=', /^\//],
  ['^~', /^\//],
  ['~', /^/],
  ['~*', /^/],
]);

const badLocation = ({ name, args }: Candidate): string | undefined => {
  if (name !== 'location') return undefined;
  const [path = '', modifier, ...more] = args.toReversed();
  if (path.startsWith('/_portico/')) return 'a path that Portico does not keep for subrequests';
  const isLocation = more.length === 0 && locationGrammars.get(modifier)?.test(path) === true;
  return isLocation ? undefined : 'a location of a path or a regular expression';
};

const badVariable = ({ name, args }: Candidate): string | undefined => {
  const [target = ''] = args;
  if (name === 'auth_request_set' && PREFIXED.test(target)) return 'a variable whose name NGINX does not use';
  if (SETTERS.has(name) && READ_ONLY.test(target)) return 'a variable that Portico does not set';
  return args.some((arg) => OUR_VARIABLE.test(arg)) ? 'no variable that begins with "pt_"' : undefined;
};

const badArgument = ({ name, args }: Candidate): string | undefined => {
  if (name === 'access_log' && args[0] !== 'off') return 'no log except "access_log off"';
  if (name === 'error_page' && HELD_NAME.test(args.at(-1) ?? '')) return 'a location whose name is written out';
  if (args.some((arg) => OUR_LOCATION.test(arg))) return 'no location of Portico';
  if (/^limit_(conn|req)(_zone)?$/.test(name) && args.some((arg) => OUR_ZONE.test(arg)))
    return 'no zone of other routes';
  // A named group is a variable of the whole instance: one called "args" empties $args of all servers.
  return args.some((arg) => NAMED_GROUP.test(arg)) ? 'groups without names, used as $1 to $9' : undefined;
};

const badEdit = (candidate: Candidate): string | undefined => {
  if (!editsHeaders(candidate.name)) return undefined;
  const edits = headerEdits(candidate);
  return edits.ok ? undefined : edits.error;
};

/** Blocks of `http` that define a variable, which is their last word. */
const DEFINING: ReadonlySet<string> = new Set(['geo', 'map', 'split_clients']);
/** Variables that NGINX or Portico would give up without a word. */
const TAKEN = /^\$(args|limit_rate|proxy_alternative_upstream_name)$/i;

const badTarget = ({ name, args }: Candidate): string | undefined => {
  if (!DEFINING.has(name)) return undefined;
  const target = args.at(-1) ?? '';
  const isFree = /^\$[a-z]\w*$/i.test(target) && ![PREFIXED, READ_ONLY, TAKEN].some((taken) => taken.test(target));
  return isFree ? undefined : 'a variable of its own';
};

const argumentRules = [badVariable, badArgument, badHeader, badLocation, badEdit, badTarget];

/** An entry is a key and at most one value; a key that names a file would be read. */
const badEntry = ({ name, args }: Candidate): string | undefined => {
  if (name === 'include') return 'no entry that reads files';
  if (args.length > 1) return 'a key and one value';
  return badVariable({ name: '', args: [name, ...args] }) ?? badArgument({ name: '', args: [name, ...args] });
};

/** Why a snippet may not have this directive in this context, as the end of a sentence that begins with "expected". */
export const refusalOf = (candidate: Candidate, context: SnippetContext): string | undefined => {
  const refused = refusedNames.find(([names]) => names.test(candidate.name));
  if (refused !== undefined) return refused[1];
  const { directives, bodies, hasEntries } = snippetContexts[context];
  if (hasEntries === true) return badEntry(candidate);
  if (!directives.has(candidate.name) && !bodies.has(candidate.name)) {
    return `a directive that snippets may have in "${context}", not ${candidate.name}`;
  }
  return argumentRules.map((rule) => rule(candidate)).find((expected) => expected !== undefined);
};
