import { parseHostName } from '../values/host-name.ts';
import { fail, ok } from '../values/result.ts';
import { defineFamily } from './define.ts';
import { bool, type ValueType } from './value-types.ts';

/** Each is a server of its own with all paths of the host. */
const MAX_ALIASES = 50;

const hostNames: ValueType<readonly string[]> = {
  label: `a comma list of at most ${MAX_ALIASES} DNS names, each with or without "*." before it`,
  examples: ['shop.example.org', 'shop.example.net, *.shop.example.net'],
  parse: (text) => {
    const names = text.split(',').map((item) => parseHostName(item.trim()));
    const valid = new Set(names.flatMap((name) => (name.ok ? [name.value] : [])));
    return names.every((name) => name.ok) && valid.size <= MAX_ALIASES
      ? ok([...valid].toSorted())
      : fail(hostNames.label);
  },
};

const common = { source: 'annotation', scope: 'server', onInvalid: 'default' } as const;

/** Names under which the hosts of an Ingress are reached besides their own. */
export const furtherHosts = defineFamily({
  name: 'further-hosts',
  summary: 'Names under which the hosts of an Ingress are reached besides their own.',
  keys: {
    'server-alias': {
      ...common,
      type: hostNames,
      default: [],
      risk: 'High',
      compat: 'stricter',
      doc: 'Further names of every host of the Ingress. A host that some Ingress has wins over an alias, and the aliases of the oldest Ingress of a host count. Regular expressions are refused.',
    },
    'from-to-www-redirect': {
      ...common,
      type: bool,
      default: false,
      risk: 'Low',
      compat: 'same',
      doc: 'Redirects www.HOST to HOST, or HOST to www.HOST, unless some Ingress has that host; http-redirect-code is the code.',
    },
  },
  shapeHost(settings, host) {
    host.aliases = settings['server-alias'];
    host.redirectsWww = settings['from-to-www-redirect'];
  },
});
