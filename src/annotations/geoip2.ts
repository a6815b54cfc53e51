import { geoDatabases } from '../values/geo-database.ts';
import { defineFamily, whenOn } from './define.ts';
import { geoSources } from './geo-variables.ts';
import { bool, wholeNumber } from './value-types.ts';

const common = { source: 'configmap', scope: 'http', risk: 'Low', onInvalid: 'default' } as const;

/** Where clients are, by databases of MaxMind. */
export const geoip2 = defineFamily({
  name: 'geoip2',
  summary: 'Where clients are, by databases of MaxMind, where NGINX has the module and the operator brings them.',
  keys: {
    'use-geoip2': {
      ...common,
      type: bool,
      default: false,
      needs: whenOn('http_geoip2_module'),
      compat: 'differs',
      doc: 'Whether variables say where the address of a client is, named and filled as in ingress-nginx. Every database that is in /etc/ingress-controller/geoip of the NGINX container counts; ingress-nginx needs all that --maxmind-edition-ids names. See docs/howto/geoip2.md.',
    },
    'geoip2-autoreload-in-minutes': {
      ...common,
      type: wholeNumber(0, 1_000_000, 'minutes'),
      default: 0,
      compat: 'no-op',
      doc: 'How often NGINX looks whether a database was replaced. Nothing is left to decide: the agent looks every second, tests what is new, and has NGINX read it.',
    },
  },
  check: (settings, { references, invalid }) =>
    invalid === 'InvalidSetting' && settings['use-geoip2'] && !geoDatabases.some((name) => references.has(name))
      ? [
          {
            key: 'use-geoip2',
            code: 'DatabaseMissing',
            expected: 'a database of MaxMind that NGINX can read',
            received: 'true',
            closes: false,
            consequence: 'no variable geoip2_… exists',
          },
        ]
      : [],
  emitHttp(settings, http, { references }) {
    if (!settings['use-geoip2']) return;
    for (const { file, variables } of geoSources(references))
      http.addDatabase({ file: `${references.databases}/${file}`, variables });
  },
});
