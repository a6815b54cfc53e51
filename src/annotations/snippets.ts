import { parseSnippet, printSnippet, type SnippetDirective } from '../nginx/snippet.ts';
import { fail } from '../values/result.ts';
import { defineFamily } from './define.ts';
import { bool, type ValueType } from './value-types.ts';

/** What NGINX inherits all or none: a snippet that sets one header must not lose the others. */
const BACKEND_HEADERS = new Set(['proxy_set_header', 'grpc_set_header']);

const snippet: ValueType<readonly SnippetDirective[]> = {
  label: 'NGINX directives that stay in their location',
  examples: ['proxy_hide_header X-Powered-By;', 'if ($request_method = TRACE) {\n  return 405;\n}'],
  parse: (text) => {
    const parsed = parseSnippet(text);
    if (parsed.ok) return parsed;
    const { line, column, expected } = parsed.error;
    return fail(`${expected} (line ${line}, column ${column})`);
  },
};

/** Directives that open and close nothing; a snippet with any other may hold what protects the route. */
const TUNING =
  /^((proxy|grpc|client|send|keepalive)_([a-z]+_)*(timeout|timeouts|size|sizes|buffers|buffering)|gzip(_[a-z]+)?|expires|etag)$/;

const isTuning = ({ name, children }: SnippetDirective): boolean => TUNING.test(name) && children === undefined;

/** NGINX configuration from annotations, where the operator allows it. */
export const snippets = defineFamily({
  name: 'snippets',
  summary: 'NGINX configuration from annotations, where the operator allows it.',
  keys: {
    'configuration-snippet': {
      type: snippet,
      source: 'annotation',
      scope: 'location',
      risk: 'Critical',
      onInvalid: 'close',
      protects: (text) => {
        const parsed = parseSnippet(text);
        return !parsed.ok || !parsed.value.every(isTuning);
      },
      compat: 'stricter',
      doc: 'Directives for the locations of the Ingress. Needs allow-snippet-annotations and annotations-risk-level Critical; without them the routes are closed. Read by a lexer of our own: what would leave the location, run code, or read files is refused.',
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
    if (settings['configuration-snippet'] === undefined || settings['allow-snippet-annotations']) return [];
    const expected = 'no snippet, because allow-snippet-annotations is false';
    return [{ key: 'configuration-snippet', code: 'AnnotationNotAllowed', expected, closes: true }];
  },
  emitLocation(settings, location) {
    const directives = settings['configuration-snippet'] ?? [];
    if (directives.some((one) => BACKEND_HEADERS.has(one.name))) location.repeatBackendHeaders();
    for (const line of printSnippet(directives)) location.addLine(line);
  },
});
