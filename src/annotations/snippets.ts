import type { BlockDraft, LocationDraft } from '../nginx/draft.ts';
import type { SnippetContext } from '../nginx/snippet-contexts.ts';
import { editsHeaders, headerEdits } from '../nginx/snippet-headers.ts';
import { limitRegexes } from '../nginx/snippet-regexes.ts';
import { parseSnippet, printSnippet, type SnippetDirective } from '../nginx/snippet.ts';
import { fail } from '../values/result.ts';
import { defineFamily } from './define.ts';
import { bool, type ValueType } from './value-types.ts';

/** What NGINX inherits all or none: a snippet that sets one header must not lose the others. */
const BACKEND_HEADERS = new Set(['proxy_set_header', 'grpc_set_header']);

type Snippet = readonly SnippetDirective[];

const namesErrors = (snippet: Snippet): boolean => snippet.some(({ name }) => name === 'error_page');

/** NGINX text for a context; what is refused is named with its place. */
const snippetFor = (context: SnippetContext, examples: readonly string[]): ValueType<Snippet> => ({
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

/** Like a key with `onInvalid: 'close'`, except that mere tuning protects nothing. */
const snippetKey = (context: SnippetContext, examples: readonly string[]) =>
  ({
    type: snippetFor(context, examples),
    source: 'annotation',
    risk: 'Critical',
    onInvalid: 'close',
    compat: 'stricter',
    protects: (text: string) => {
      const parsed = parseSnippet(text, context);
      return !parsed.ok || !isTuning(parsed.value);
    },
  }) as const;

const annotations = ['configuration-snippet', 'server-snippet', 'stream-snippet'] as const;

const addLines = (snippet: Snippet, block: BlockDraft): void => {
  for (const line of printSnippet(limitRegexes(snippet))) block.addLine(line);
};

/** What headers-more does in ingress-nginx, by the means of stock NGINX. */
const editHeaders = (snippet: Snippet, location: LocationDraft): void => {
  for (const directive of snippet) {
    const edits = headerEdits(directive);
    for (const { of, name, value } of edits.ok ? edits.value : [])
      if (of === 'answer') location.setAnswerHeader(name, value);
      else location.setBackendHeader(name, value);
  }
};

/** NGINX configuration from annotations, where the operator allows it. */
export const snippets = defineFamily({
  name: 'snippets',
  summary: 'NGINX configuration from annotations, where the operator allows it.',
  keys: {
    'configuration-snippet': {
      ...snippetKey('location', [
        'proxy_hide_header X-Powered-By;',
        'more_set_headers "X-Frame-Options: DENY";',
        'if ($request_method = TRACE) {\n  return 405;\n}',
      ]),
      scope: 'location',
      doc: 'Directives for the locations of the Ingress. Needs allow-snippet-annotations and annotations-risk-level Critical; without them the routes are closed. Read by a lexer of our own and compared with the list in docs/snippets.md: what would leave the location, run code, or read files is refused, with its line and column. more_set_headers and its sisters outside of bodies are said with the means of stock NGINX.',
    },
    'server-snippet': {
      ...snippetKey('server', ['location = /robots.txt {\n  return 404;\n}', 'large_client_header_buffers 4 16k;']),
      scope: 'server',
      doc: 'Directives for the servers of the hosts of the Ingress, under the same conditions as configuration-snippet. The oldest Ingress of a host that has one gives it; an Ingress with another text is closed on that host, unless it only tunes. allow, satisfy, auth_request, proxy_set_header and the like are refused, because they would open locations of other Ingresses or take headers from them; inside of location they may stand. A location that a rule has already is refused.',
    },
    'stream-snippet': {
      ...snippetKey('stream', ['proxy_timeout 1h;', 'deny 192.0.2.1;']),
      scope: 'stream',
      doc: 'Directives for all TCP and UDP services and TLS that is passed through, under the same conditions as configuration-snippet. Servers of its own are refused: ports are opened by the ConfigMaps of TCP and UDP services. A directive that can be said once is that of the oldest Ingress.',
    },
    'allow-snippet-annotations': {
      type: bool,
      default: false,
      source: 'configmap',
      scope: 'http',
      risk: 'Critical',
      onInvalid: 'default',
      compat: 'same',
      doc: 'Whether annotations may carry NGINX configuration; needs annotations-risk-level Critical too.',
    },
  },
  check(settings) {
    if (settings['allow-snippet-annotations']) return [];
    const expected = 'no snippet, because allow-snippet-annotations is false';
    return annotations.flatMap((key) =>
      settings[key] === undefined ? [] : [{ key, code: 'AnnotationNotAllowed', expected, closes: true }],
    );
  },
  emitServer(settings, server) {
    const snippet = settings['server-snippet'];
    if (snippet === undefined || !settings['allow-snippet-annotations']) return;
    addLines(snippet, server);
    if (namesErrors(snippet)) server.add('error_page', 502, '=', '@pt_unavailable');
  },
  emitLocation(settings, location) {
    const snippet = settings['configuration-snippet'] ?? [];
    editHeaders(snippet, location);
    if (snippet.some((one) => BACKEND_HEADERS.has(one.name))) location.repeatBackendHeaders();
    if (namesErrors(snippet)) location.repeatErrorAnswers();
    addLines(
      snippet.filter((one) => !editsHeaders(one.name)),
      location,
    );
  },
});
