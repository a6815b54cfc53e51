import type { SnippetContext } from '../nginx/snippet-contexts.ts';
import { defineFamily, type Finding, type SettingsOf } from './define.ts';
import { editHeaders, isTuning, mayProtect, repeatInherited, snippetFor, type Snippet } from './snippet-text.ts';
import { bool } from './value-types.ts';

const LISTS =
  'Needs allow-global-snippets. Read by the lexer of annotations and compared with the list in docs/snippets.md';

const snippetKey = (context: SnippetContext, examples: readonly string[]) =>
  ({
    type: snippetFor(context, examples),
    source: 'configmap',
    scope: 'http',
    risk: 'Critical',
    onInvalid: 'close',
    compat: 'stricter',
    protects: mayProtect(context),
  }) as const;

const keys = {
  'allow-global-snippets': {
    type: bool,
    default: false,
    source: 'configmap',
    scope: 'http',
    risk: 'Critical',
    onInvalid: 'default',
    compat: 'differs',
    doc: 'Whether the snippets of the ConfigMap count, a key of Portico; ingress-nginx always takes them. Without it a snippet is reported, and closes every route unless it only tunes.',
  },
  'main-snippet': {
    ...snippetKey('main', ['worker_priority 5;']),
    onInvalid: 'default',
    doc: `Directives outside of http. ${LISTS}; ingress-nginx takes any.`,
  },
  'http-snippet': {
    ...snippetKey('http', [
      'map $http_user_agent $is_robot {\n  default 0;\n  ~*bot 1;\n}',
      'limit_req_zone $binary_remote_addr zone=one:1m rate=10r/s;',
      'more_set_headers "X-Frame-Options: DENY";',
    ]),
    doc: `Directives of http. ${LISTS}; what would keep clients out (deny, limit_req) is refused too, because it would hold for servers of Portico itself. A directive that Portico says itself is that of the snippet.`,
  },
  'setting-server-snippet': {
    ...snippetKey('every server', ['if ($http_user_agent ~ evil) {\n  return 403;\n}']),
    configMapKey: 'server-snippet',
    scope: 'server',
    doc: `Directives of every server. ${LISTS}; locations are refused, because rules have them too. A directive that the server-snippet of an Ingress says is that of the Ingress.`,
  },
  'location-snippet': {
    ...snippetKey('location', ['limit_except GET POST {\n  deny all;\n}']),
    scope: 'location',
    doc: `Directives of every location of a rule, behind configuration-snippet. ${LISTS}. A directive that the location says itself is that of the location.`,
  },
  'setting-stream-snippet': {
    ...snippetKey('stream', ['deny 192.0.2.1;']),
    configMapKey: 'stream-snippet',
    scope: 'stream',
    doc: `Directives for all TCP and UDP services and TLS that is passed through. ${LISTS}.`,
  },
} as const;

type Settings = SettingsOf<typeof keys>;

/** Keys of the ConfigMap that hold NGINX text, and the settings behind them. */
export const globalSnippetKeys = {
  'main-snippet': 'main-snippet',
  'http-snippet': 'http-snippet',
  'server-snippet': 'setting-server-snippet',
  'location-snippet': 'location-snippet',
  'stream-snippet': 'setting-stream-snippet',
} as const satisfies Readonly<Record<string, Exclude<keyof typeof keys, 'allow-global-snippets'>>>;

/** A key of the ConfigMap that holds NGINX text. */
export type GlobalSnippetKey = keyof typeof globalSnippetKeys;

const allKeys = Object.keys(globalSnippetKeys) as GlobalSnippetKey[];

/** What a key says; nothing where snippets are not allowed. */
export const globalSnippet = (settings: Settings, key: GlobalSnippetKey): Snippet =>
  (settings['allow-global-snippets'] ? settings[globalSnippetKeys[key]] : undefined) ?? [];

const refusal = (settings: Settings, key: GlobalSnippetKey): readonly Finding[] => {
  const name = globalSnippetKeys[key];
  const snippet = settings[name];
  if (snippet === undefined || settings['allow-global-snippets']) return [];
  const { onInvalid } = keys[name];
  const closes = onInvalid === 'close' && !isTuning(snippet);
  const expected = 'no snippet, because allow-global-snippets is false';
  const consequence = closes ? 'all routes answer 503' : 'ignoring it';
  return [{ key, code: closes ? 'SnippetNotAllowed' : 'InvalidSetting', expected, closes, consequence }];
};

/** NGINX configuration from the ConfigMap, where the operator allows it; `plan/global-snippets.ts` prints it. */
export const globalSnippets = defineFamily({
  name: 'global-snippets',
  summary: 'NGINX configuration from the ConfigMap, where the operator allows it.',
  keys,
  check: (settings, { invalid }) =>
    invalid === 'InvalidSetting' ? allKeys.flatMap((key) => refusal(settings, key)) : [],
  emitHttp(settings, http) {
    editHeaders(globalSnippet(settings, 'http-snippet'), http);
  },
  emitLocation(settings, location) {
    const snippet = globalSnippet(settings, 'location-snippet');
    editHeaders(snippet, location);
    repeatInherited(snippet, location);
  },
});
