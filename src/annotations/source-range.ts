import { defineFamily } from './define.ts';
import { cidrList } from './value-types.ts';

const common = {
  type: cidrList,
  source: 'both',
  scope: 'location',
  risk: 'Medium',
  onInvalid: 'close',
  compat: 'same',
} as const;

/** Which client addresses may use a route. */
export const sourceRange = defineFamily({
  name: 'source-range',
  summary: 'Which client addresses may use a route.',
  keys: {
    'allowlist-source-range': {
      ...common,
      aliases: ['whitelist-source-range'],
      configMapKey: 'whitelist-source-range',
      doc: 'Only these addresses and networks may use the route; others get 403. An annotation replaces the list of the ConfigMap.',
    },
    'denylist-source-range': {
      ...common,
      doc: 'These addresses and networks get 403, also where the allow list names them.',
    },
  },
  emitLocation(settings, location) {
    for (const network of settings['denylist-source-range'] ?? []) location.add('deny', network);
    const allowed = settings['allowlist-source-range'] ?? [];
    for (const network of allowed) location.add('allow', network);
    if (allowed.length > 0) location.add('deny', 'all');
  },
});
