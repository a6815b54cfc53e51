import { ignoringCase, parseClusterRegex, type ClusterRegex } from '../nginx/cluster-regex.ts';
import type { DraftLine, HttpDraft } from '../nginx/draft.ts';
import { expr, type Expression } from '../nginx/expression.ts';
import { fail, ok, type Result } from '../values/result.ts';
import { defineFamily, type SettingsOf } from './define.ts';
import { cidrList, type ValueType } from './value-types.ts';

/** What the value of a header is compared with: a text in any case, or a regular expression. */
type Pattern = { readonly text: string } | { readonly text: string; readonly regex: ClusterRegex };

const MAX_TEXT = 500;

const parsePattern = (text: string): Result<Pattern> => {
  if (!text.startsWith('~'))
    return text.length <= MAX_TEXT && /^[\x20-\x7e]+$/.test(text) ? ok({ text: text.toLowerCase() }) : fail(label);
  const isCaseless = text.startsWith('~*');
  const regex = parseClusterRegex(text.slice(isCaseless ? 2 : 1));
  if (!regex.ok) return fail(regex.error);
  return ok({ text, regex: isCaseless ? ignoringCase(regex.value) : regex.value });
};

const label = 'a comma list of ASCII texts, of regular expressions after ~, and of such that ignore case after ~*';

const patterns: ValueType<readonly Pattern[]> = {
  label,
  examples: ['curl/7.88.1,~*crawler', '~^Bad'],
  format: (list) => list.map(({ text }) => text).join(','),
  parse: (source) => {
    const words = source.split(',').map((item) => item.trim());
    const parsed = words.filter((word) => word !== '').map(parsePattern);
    const wrong = parsed.find((one) => !one.ok);
    if (wrong?.ok === false) return wrong;
    const list = parsed.flatMap((one) => (one.ok ? [one.value] : []));
    // NGINX refuses a map with the same key twice.
    return ok([...new Map(list.map((one) => [one.text, one])).values()]);
  },
};

const common = { source: 'configmap', scope: 'http', risk: 'High', default: [], onInvalid: 'close' } as const;

const keys = {
  'block-cidrs': {
    ...common,
    type: cidrList,
    compat: 'stricter',
    doc: 'Clients with these addresses get 403 everywhere. In ingress-nginx a route with an allow list or a deny list of its own lets them in.',
  },
  'block-user-agents': {
    ...common,
    type: patterns,
    compat: 'same',
    doc: 'Requests whose User-Agent is one of these get 403 everywhere.',
  },
  'block-referers': {
    ...common,
    type: patterns,
    compat: 'same',
    doc: 'Requests whose Referer is one of these get 403 everywhere.',
  },
} as const;

type Settings = SettingsOf<typeof keys>;

/** Variables that are 1 where a list has the request, by the key of the list. */
const VARIABLES = {
  'block-cidrs': 'pt_blocked_address',
  'block-user-agents': 'pt_blocked_agent',
  'block-referers': 'pt_blocked_referer',
} as const;

type List = keyof typeof VARIABLES;

const used = (settings: Settings): readonly List[] =>
  (Object.keys(VARIABLES) as List[]).filter((list) => settings[list].length > 0);

const lineOf = (pattern: Pattern): DraftLine =>
  'regex' in pattern ? { matchesCluster: pattern.regex, value: '1' } : { key: pattern.text, value: '1' };

const addMap = (http: HttpDraft, source: Expression, [list, found]: readonly [List, readonly Pattern[]]): void => {
  if (found.length > 0) http.addMap(source, VARIABLES[list], [{ default: '0' }, ...found.map(lineOf)]);
};

/** Which requests no server answers. */
export const blockLists = defineFamily({
  name: 'block-lists',
  summary: 'Which requests no server answers.',
  keys,
  emitHttp(settings, http) {
    const networks = settings['block-cidrs'];
    if (networks.length > 0)
      http.addGeo(
        'remote_addr',
        VARIABLES['block-cidrs'],
        networks.map((network) => [network, '1'] as const),
      );
    addMap(http, expr`${'http_user_agent'}`, ['block-user-agents', settings['block-user-agents']]);
    addMap(http, expr`${'http_referer'}`, ['block-referers', settings['block-referers']]);
  },
  emitEveryServer(settings, server) {
    for (const list of used(settings))
      server.answerIf({ phase: 'redirect', variable: VARIABLES[list], equals: '1', code: 403 });
  },
});
