import { defineFamily } from './define.ts';
import { bool, wholeNumber } from './value-types.ts';

const common = { source: 'configmap', scope: 'http', risk: 'Low', onInvalid: 'default' } as const;

/** Where clients are, by databases of MaxMind: refused. */
export const geoip2 = defineFamily({
  name: 'geoip2',
  summary: 'Where clients are, by databases of MaxMind.',
  keys: {
    'use-geoip2': {
      ...common,
      type: bool,
      default: false,
      compat: 'differs',
      doc: 'Refused with a warning where it is true: Portico brings no databases of MaxMind and loads none, so there are no variables whose names begin with geoip2_. ingress-nginx does the same where it finds no database.',
    },
    'geoip2-autoreload-in-minutes': {
      ...common,
      type: wholeNumber(0, 1_000_000, 'minutes'),
      default: 0,
      compat: 'no-op',
      doc: 'How often databases are read anew; there are none.',
    },
  },
  check: (settings) =>
    settings['use-geoip2']
      ? [
          {
            key: 'use-geoip2',
            code: 'UnsupportedSetting',
            expected: 'false',
            received: 'true',
            closes: false,
            consequence: 'no variable geoip2_… exists',
          },
        ]
      : [],
});
