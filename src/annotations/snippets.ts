import type { BlockDraft } from '../nginx/draft.ts';
import type { SnippetContext } from '../nginx/snippet-contexts.ts';
import { editsHeaders } from '../nginx/snippet-headers.ts';
import { limitRegexes } from '../nginx/snippet-regexes.ts';
import { printSnippet } from '../nginx/snippet.ts';
import { defineFamily } from './define.ts';
import { editHeaders, mayProtect, namesErrors, repeatInherited, snippetFor, type Snippet } from './snippet-text.ts';
import { bool } from './value-types.ts';

const snippetKey = (context: SnippetContext, examples: readonly string[]) =>
  ({
    type: snippetFor(context, examples),
    isSnippet: true,
    source: 'annotation',
    risk: 'Critical',
    onInvalid: 'close',
    compat: 'stricter',
    protects: mayProtect(context),
  }) as const;

const addLines = (snippet: Snippet, block: BlockDraft): void => {
  for (const line of printSnippet(limitRegexes(snippet))) block.addLine(line);
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
  emitServer(settings, server) {
    const snippet = settings['server-snippet'];
    if (snippet === undefined) return;
    addLines(snippet, server);
    if (namesErrors(snippet)) server.add('error_page', 502, '=', '@pt_unavailable');
  },
  emitLocation(settings, location) {
    const snippet = settings['configuration-snippet'] ?? [];
    editHeaders(snippet, location);
    repeatInherited(snippet, location);
    addLines(
      snippet.filter((one) => !editsHeaders(one.name)),
      location,
    );
  },
});
