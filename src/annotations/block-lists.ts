import { expr } from '../nginx/expression.ts';
import { defineFamily } from './define.ts';
import { patternLines, patternList } from './pattern-list.ts';
import { cidrList } from './value-types.ts';

const common = { source: 'configmap', scope: 'http', risk: 'Low', onInvalid: 'close', default: [] } as const;
const LISTED = { value: '1', otherwise: '' };

/** Clients that get 403 whatever they ask for. */
export const blockLists = defineFamily({
  name: 'block-lists',
  summary: 'Clients that get 403 from every host.',
  keys: {
    'block-cidrs': {
      ...common,
      type: cidrList,
      compat: 'stricter',
      doc: 'These addresses and networks get 403, also where a route has source ranges of its own or redirects.',
    },
    'block-user-agents': {
      ...common,
      type: patternList,
      compat: 'same',
      doc: 'Requests with such a User-Agent get 403.',
    },
    'block-referers': {
      ...common,
      type: patternList,
      compat: 'same',
      doc: 'Requests with such a Referer get 403.',
    },
  },
  emitHttp(settings, http) {
    const addresses = settings['block-cidrs'];
    const agents = settings['block-user-agents'];
    const referers = settings['block-referers'];
    const refuse = (variable: string): void => http.answerIf({ phase: 'redirect', variable, equals: '1', code: 403 });
    if (addresses.length > 0) {
      http.addGeo(
        'remote_addr',
        'pt_blocked_address',
        addresses.map((network) => [network, '1'] as const),
      );
      refuse('pt_blocked_address');
    }
    if (agents.length > 0) {
      http.addMap(expr`${'http_user_agent'}`, 'pt_blocked_agent', patternLines(agents, LISTED));
      refuse('pt_blocked_agent');
    }
    if (referers.length > 0) {
      http.addMap(expr`${'http_referer'}`, 'pt_blocked_referer', patternLines(referers, LISTED));
      refuse('pt_blocked_referer');
    }
  },
});
