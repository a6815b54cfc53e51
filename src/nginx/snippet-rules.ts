/** What a rule sees of a directive. */
interface Candidate {
  readonly name: string;
  readonly args: readonly string[];
}

/** Directives that give a snippet more than its own route (compat/security.md, R2). */
const refusedNames: readonly (readonly [names: RegExp, expected: string])[] = [
  [/^(env|load_module|pid|ssl_engine|user)$/, 'no directive that changes the NGINX process'],
  [/_by_lua(_|$)|^(js|lua|perl)(_|$)/, 'no directive that runs code'],
  [/^(alias|include|root)$/, 'no directive that reads files'],
  [/^error_log$|_(cache_path|store|temp_path)$/, 'no directive that writes files'],
  [/(^|_)pass$/, 'no directive that names a backend'],
];

/** NGINX looks these variables up by prefix; a variable defined under such a name hides the real one in every server. */
const PREFIXED = /^\$\{?(arg|cookie|http|sent_http|sent_trailer|upstream_cookie|upstream_http|upstream_trailer)_/i;

/** `$pt_…` in any case, because names of variables have none. */
const OUR_VARIABLE = /\$\{?pt_/i;
const NAMED_GROUP = /\(\?(?:P?<(?![=!])|')/;

/** Why a snippet may not have this directive, as the end of a sentence that begins with "expected". */
export const refusalOf = ({ name, args }: Candidate): string | undefined => {
  const refused = refusedNames.find(([names]) => names.test(name));
  if (refused !== undefined) return refused[1];
  if (name === 'access_log' && args[0] !== 'off') return 'no log except "access_log off"';
  if (name === 'auth_request_set' && PREFIXED.test(args[0] ?? '')) return 'a variable whose name NGINX does not use';
  if (args.some((arg) => OUR_VARIABLE.test(arg))) return 'no variable that begins with "pt_"';
  // A named group is a variable of the whole instance: one called "args" empties $args of all servers.
  if (args.some((arg) => NAMED_GROUP.test(arg))) return 'groups without names, used as $1 to $9';
  return undefined;
};
