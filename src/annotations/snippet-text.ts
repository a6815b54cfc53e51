import type { AnswerDraft, BackendHeaderDraft, LocationDraft } from '../nginx/draft.ts';
import type { SnippetContext } from '../nginx/snippet-contexts.ts';
import { headerEdits } from '../nginx/snippet-headers.ts';
import { parseSnippet, type SnippetDirective } from '../nginx/snippet.ts';
import { fail } from '../values/result.ts';
import type { ValueType } from './value-types.ts';

/** Directives in the order in which they are written. */
export type Snippet = readonly SnippetDirective[];

/** What NGINX inherits all or none: a snippet that sets one header must not lose the others. */
const BACKEND_HEADERS = new Set(['proxy_set_header', 'grpc_set_header']);

/** Whether a snippet names answers to errors. */
export const namesErrors = (snippet: Snippet): boolean => snippet.some(({ name }) => name === 'error_page');

/** NGINX text for a context; what is refused is named with its place. */
export const snippetFor = (context: SnippetContext, examples: readonly string[]): ValueType<Snippet> => ({
  label: `NGINX directives that stay in their ${context}`,
  examples,
  parse: (text) => {
    const parsed = parseSnippet(text, context);
    if (parsed.ok) return parsed;
    const { line, column, expected } = parsed.error;
    return fail(`${expected} (line ${line}, column ${column})`);
  },
});

/** Directives that open and close nothing; a snippet with any other may hold what protects the route. */
const TUNING =
  /^((proxy|grpc|client|send|keepalive)_([a-z]+_)*(timeout|timeouts|size|sizes|buffers|buffering)|gzip(_[a-z]+)?|expires|etag)$/;

/** Whether a snippet can be left out without opening anything. */
export const isTuning = (snippet: Snippet): boolean =>
  snippet.every(({ name, children }) => TUNING.test(name) && children === undefined);

/** What headers-more does in ingress-nginx, by the means of stock NGINX. */
export const editHeaders = (snippet: Snippet, block: AnswerDraft & BackendHeaderDraft): void => {
  for (const directive of snippet) {
    const edits = headerEdits(directive);
    for (const { of, name, value } of edits.ok ? edits.value : [])
      if (of === 'answer') block.setAnswerHeader(name, value);
      else block.setBackendHeader(name, value);
  }
};

/** Repeats in a location what NGINX inherits all or none, and what a snippet would therefore take from it. */
export const repeatInherited = (snippet: Snippet, location: LocationDraft): void => {
  if (snippet.some((one) => BACKEND_HEADERS.has(one.name))) location.repeatBackendHeaders();
  if (namesErrors(snippet)) location.repeatErrorAnswers();
};

/** Like a key with `onInvalid: 'close'`, except that mere tuning protects nothing. */
export const mayProtect =
  (context: SnippetContext) =>
  (text: string): boolean => {
    const parsed = parseSnippet(text, context);
    return !parsed.ok || !isTuning(parsed.value);
  };
