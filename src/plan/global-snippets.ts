import { globalSnippet, type GlobalSnippetKey } from '../annotations/global-snippets.ts';
import type { Settings } from '../annotations/index.ts';
import { encode, type NginxArg } from '../nginx/argument.ts';
import type { Statement } from '../nginx/directive.ts';
import { editsHeaders } from '../nginx/snippet-headers.ts';
import { limitRegexes } from '../nginx/snippet-regexes.ts';
import { printSnippet } from '../nginx/snippet.ts';

/** What a block may have several times. */
const REPEATABLE =
  /^(access_log|add_(header|trailer)|allow|break|deny|error_page|(grpc|proxy)_(hide|pass|set)_header|limit_(conn|req)(_zone)?|proxy_(cookie_(domain|flags|path)|redirect)|return|rewrite|set|sub_filter)$/;

/** Names of directives that a snippet of the ConfigMap says in place of ours. */
export const globalNames = (globals: Settings, key: GlobalSnippetKey): ReadonlySet<string> =>
  new Set(
    globalSnippet(globals['global-snippets'], key)
      .map(({ name }) => name)
      .filter((name) => !REPEATABLE.test(name)),
  );

/** The lines of a snippet of the ConfigMap, below a comment that names its key; without what others said once already. */
export const globalLines = (
  globals: Settings,
  key: GlobalSnippetKey,
  said: ReadonlySet<string> = new Set(),
): readonly Statement[] => {
  const own = globalSnippet(globals['global-snippets'], key).filter(
    ({ name, children }) => !editsHeaders(name) && (children !== undefined || REPEATABLE.test(name) || !said.has(name)),
  );
  return printSnippet(limitRegexes(own)).map((line, index): Statement => ({
    phase: 'snippet',
    line: encode('snippetLine', line),
    ...(index === 0 ? { origin: encode('comment', `setting/${key}`) } : {}),
  }));
};

/** Names of the directives of these statements, those of lines of snippets among them. */
export const namesIn = (statements: readonly Statement[]): ReadonlySet<string> =>
  new Set(
    statements.flatMap((one) => {
      if ('directive' in one) return [one.directive.name.text];
      return 'line' in one ? [/^\w+/.exec(one.line.text)?.[0] ?? ''] : [];
    }),
  );

/** Puts lines behind all that comes before them by phase; what follows names its owner again, so that it can be blamed. */
export const withGlobalLines = (
  statements: readonly Statement[],
  lines: readonly Statement[],
  owner: NginxArg,
): readonly Statement[] => {
  if (lines.length === 0) return statements;
  const later = statements.findIndex(({ phase }) => !EARLIER.has(phase));
  const at = later === -1 ? statements.length : later;
  const [next, ...rest] = statements.slice(at);
  const behind = next === undefined ? [] : [{ ...next, origin: next.origin ?? owner }, ...rest];
  return [...statements.slice(0, at), ...lines, ...behind];
};

const EARLIER: ReadonlySet<Statement['phase']> = new Set(['identity', 'redirect', 'snippet']);
