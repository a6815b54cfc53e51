import type { Limit } from '../nginx/draft.ts';
import { fail, ok } from '../values/result.ts';
import { defineFamily, type SettingsOf } from './define.ts';
import { keyExpression } from './key-expression.ts';
import { cidrList, wholeNumber, type ValueType } from './value-types.ts';

/** NGINX refuses more connections in one limit. */
const MAX_CONNECTIONS = 65_535;

/** A number whose zero and negatives switch the limit off, as in ingress-nginx. */
const limitUpTo = (max: number): ValueType<number> => {
  const label = `a whole number up to ${max} (0 means no limit)`;
  return {
    label,
    examples: ['10', '0', '-1'],
    parse: (text) => {
      const value = /^[+-]?\d{1,10}$/.test(text) ? Math.max(0, Number(text)) : Number.NaN;
      return value <= max ? ok(value) : fail(label);
    },
  };
};

const KIB = 1024;
const kilobytes = wholeNumber(0, 1_000_000_000, 'kilobytes');
const protecting = {
  source: 'annotation',
  scope: 'location',
  risk: 'Low',
  onInvalid: 'close',
  compat: 'stricter',
} as const;
const tuning = { source: 'both', scope: 'location', risk: 'Low', onInvalid: 'default', compat: 'same' } as const;
const everywhere = { source: 'configmap', scope: 'http', risk: 'Low', onInvalid: 'default', compat: 'same' } as const;

const keys = {
  'limit-connections': {
    ...protecting,
    type: limitUpTo(MAX_CONNECTIONS),
    default: 0,
    doc: 'How many requests of one client are answered at a time; each replica of Portico and each Ingress counts for itself.',
  },
  'limit-rps': {
    ...protecting,
    type: limitUpTo(1_000_000),
    default: 0,
    doc: 'How many requests per second one client may send; each replica of Portico and each Ingress counts for itself.',
  },
  'limit-rpm': {
    ...protecting,
    type: limitUpTo(1_000_000),
    default: 0,
    doc: 'How many requests per minute one client may send, also beside limit-rps.',
  },
  'limit-burst-multiplier': {
    ...protecting,
    type: wholeNumber(1, 1_000),
    default: 5,
    onInvalid: 'default',
    protects: () => true,
    doc: 'How many times limit-rps and limit-rpm may come at once before requests are refused.',
  },
  'limit-allowlist': {
    ...protecting,
    type: cidrList,
    default: [],
    aliases: ['limit-whitelist'],
    doc: 'Addresses and networks that limit-connections, limit-rps and limit-rpm do not count.',
  },
  'limit-rate': {
    ...tuning,
    type: kilobytes,
    default: 0,
    doc: 'Kilobytes per second of one answer. 0 means no limit. Needs proxy-buffering: on to be exact.',
  },
  'limit-rate-after': {
    ...tuning,
    type: kilobytes,
    default: 0,
    doc: 'Kilobytes of an answer before limit-rate counts.',
  },
  'limit-conn-zone-variable': {
    ...everywhere,
    type: keyExpression,
    default: { text: '$binary_remote_addr', expression: { parts: [{ variable: 'binary_remote_addr' }] } },
    compat: 'stricter',
    doc: 'What counts as one client. A request for which it is empty is not counted. Other variables are refused, which ingress-nginx takes.',
  },
  'limit-req-status-code': {
    ...everywhere,
    type: wholeNumber(400, 599),
    default: 503,
    doc: 'Answer above limit-rps and limit-rpm.',
  },
  'limit-conn-status-code': {
    ...everywhere,
    type: wholeNumber(400, 599),
    default: 503,
    doc: 'Answer above limit-connections.',
  },
} as const;

type Rate = NonNullable<Limit['rate']>;

const ratesOf = (settings: SettingsOf<typeof keys>): readonly Rate[] =>
  [
    { requests: settings['limit-rps'], per: 's' } as const,
    { requests: settings['limit-rpm'], per: 'm' } as const,
  ].filter(({ requests }) => requests > 0);

/** How much one client may ask for. */
export const limits = defineFamily({
  name: 'limits',
  summary: 'How much one client may ask for.',
  keys,
  emitHttp(settings, http) {
    http.add('limit_req_status', settings['limit-req-status-code']);
    http.add('limit_conn_status', settings['limit-conn-status-code']);
    if (settings['limit-rate'] > 0) http.add('limit_rate', settings['limit-rate'] * KIB);
    if (settings['limit-rate-after'] > 0) http.add('limit_rate_after', settings['limit-rate-after'] * KIB);
  },
  emitLocation(settings, location, { names, written }) {
    const key = settings['limit-conn-zone-variable'].expression;
    const limit = { owner: `${names.namespace}/${names.ingress}`, key, exempt: settings['limit-allowlist'] };
    const connections = settings['limit-connections'];
    if (connections > 0) location.add('limit_conn', location.limitZone(limit), connections);
    for (const rate of ratesOf(settings)) {
      const burst = rate.requests * settings['limit-burst-multiplier'];
      location.add('limit_req', { name: location.limitZone({ ...limit, rate }) }, burst, 'nodelay');
    }
    if (written.has('limit-rate')) location.add('limit_rate', settings['limit-rate'] * KIB);
    if (written.has('limit-rate-after')) location.add('limit_rate_after', settings['limit-rate-after'] * KIB);
  },
});
