import type { HttpDraft } from '../nginx/draft.ts';
import { expr, type Expression } from '../nginx/expression.ts';
import { defineFamily, type SettingsOf } from './define.ts';
import { patternLines, patternList, type Pattern } from './pattern-list.ts';
import { cidrList } from './value-types.ts';

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
    type: patternList,
    compat: 'same',
    doc: 'Requests whose User-Agent is one of these get 403 everywhere.',
  },
  'block-referers': {
    ...common,
    type: patternList,
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

const addMap = (http: HttpDraft, source: Expression, [list, found]: readonly [List, readonly Pattern[]]): void => {
  if (found.length > 0) http.addMap(source, VARIABLES[list], patternLines(found, { value: '1', otherwise: '0' }));
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
