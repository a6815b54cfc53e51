import { LIMIT_MATCH } from './argument.ts';
import type { SnippetDirective } from './snippet.ts';

const OPERATOR = /^!?~\*?$/;

/** Their words are regular expressions where they begin with `~`. */
const MARKED: ReadonlySet<string> = new Set([
  'proxy_cookie_domain',
  'proxy_cookie_flags',
  'proxy_cookie_path',
  'proxy_redirect',
  'valid_referers',
]);

/** Words of `gzip_disable` that are none. */
const NO_REGEXES: ReadonlySet<string> = new Set(['degradation', 'msie6']);

/** Blocks of entries that are no regular expressions. */
const ENTRIES: ReadonlySet<string> = new Set(['geo', 'split_clients']);

/** Where the operator of a comparison stands: behind the variable, whose bracket may be a word of its own. */
const operatorPlace = (name: string, [first]: readonly string[]): number | undefined => {
  if (name === 'location') return 0;
  if (name !== 'if') return undefined;
  return first === '(' ? 2 : 1;
};

/** Places of words that are regular expressions as a whole. */
const placesOf = ({ name, args }: SnippetDirective): readonly number[] => {
  if (name === 'rewrite') return [0];
  if (name === 'gzip_disable') return args.flatMap((arg, index) => (NO_REGEXES.has(arg) ? [] : [index]));
  const operator = operatorPlace(name, args);
  return operator !== undefined && OPERATOR.test(args[operator] ?? '') ? [operator + 1] : [];
};

/** Keys of a map that are regular expressions begin with `~`. */
const limitKey = ({ name, args }: SnippetDirective): SnippetDirective => ({
  name: name.replace(/^~\*?/, (mark) => `${mark}${LIMIT_MATCH}`),
  args,
});

const limitBody = (name: string, children: readonly SnippetDirective[]): readonly SnippetDirective[] => {
  if (name === 'map') return children.map(limitKey);
  return ENTRIES.has(name) ? children : limitRegexes(children);
};

const limit = (directive: SnippetDirective): SnippetDirective => {
  const { name, args, children } = directive;
  const places = new Set(placesOf(directive));
  const limited = args.map((arg, index) => {
    if (places.has(index)) return `${LIMIT_MATCH}${arg}`;
    return MARKED.has(name) ? arg.replace(/^~\*?/, (mark) => `${mark}${LIMIT_MATCH}`) : arg;
  });
  return { name, args: limited, ...(children === undefined ? {} : { children: limitBody(name, children) }) };
};

/** Limits how often each regular expression may backtrack, as all others of the cluster. */
export const limitRegexes = (directives: readonly SnippetDirective[]): readonly SnippetDirective[] =>
  directives.map(limit);
