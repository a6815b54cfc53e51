import { fail, ok } from '../values/result.ts';
import { defineFamily, type SettingsOf } from './define.ts';
import { inherited, type KeyEmitters } from './inherited.ts';
import { bool, wholeNumber, type ValueType } from './value-types.ts';

const CASES = [
  'error',
  'timeout',
  'invalid_header',
  'http_500',
  'http_502',
  'http_503',
  'http_504',
  'http_403',
  'http_404',
  'http_429',
  'non_idempotent',
  'off',
] as const;
type Case = (typeof CASES)[number];

const isCase = (word: string): word is Case => (CASES as readonly string[]).includes(word);

/** Each word once: NGINX warns of a second one, and a warning stops a publication. */
const cases: ValueType<readonly Case[]> = {
  label: `words out of ${CASES.join(', ')}`,
  examples: ['error timeout http_502', 'off'],
  format: (words) => words.join(' '),
  parse: (text) => {
    const words = [...new Set(text.split(' ').filter((word) => word !== ''))];
    return words.length > 0 && words.every(isCase) ? ok(words.filter(isCase)) : fail(cases.label);
  },
};

const common = { source: 'both', scope: 'location', onInvalid: 'default', risk: 'Low' } as const;

const keys = {
  'proxy-next-upstream': {
    ...common,
    type: cases,
    default: ['error', 'timeout'],
    risk: 'Medium',
    compat: 'same',
    doc: 'When a request is tried again on another pod. Requests that change something (POST, LOCK, PATCH) are tried again only with non_idempotent, or where no pod was reached.',
  },
  'proxy-next-upstream-timeout': {
    ...common,
    type: wholeNumber(0, 2_000_000, 'seconds'),
    default: 0,
    compat: 'same',
    doc: 'How long a request may be tried again. 0 means no limit.',
  },
  'proxy-next-upstream-tries': {
    ...common,
    type: wholeNumber(0, 1000),
    default: 3,
    compat: 'differs',
    doc: 'How often a request is tried in all, at most once for each pod; ingress-nginx may ask a pod again. 0 means no limit.',
  },
  'retry-non-idempotent': {
    ...common,
    source: 'configmap',
    scope: 'http',
    type: bool,
    default: false,
    compat: 'same',
    doc: 'Adds non_idempotent to every proxy-next-upstream.',
  },
} as const;

type Settings = SettingsOf<typeof keys>;

const retries = (settings: Settings): readonly [Case, ...Case[]] => {
  const words = settings['proxy-next-upstream'];
  if (words.includes('off')) return ['off'];
  const others = words.filter((word) => word !== 'non_idempotent');
  const retriesAll = settings['retry-non-idempotent'] || others.length < words.length;
  const [first = 'non_idempotent', ...rest] = others;
  return retriesAll && others.length > 0 ? [first, ...rest, 'non_idempotent'] : [first, ...rest];
};

const emitters: KeyEmitters<Settings> = {
  'proxy-next-upstream': (settings, block) => {
    block.add('proxy_next_upstream', ...retries(settings));
    block.add('grpc_next_upstream', ...retries(settings));
  },
  'proxy-next-upstream-timeout': (settings, block) => {
    block.add('proxy_next_upstream_timeout', settings['proxy-next-upstream-timeout']);
    block.add('grpc_next_upstream_timeout', settings['proxy-next-upstream-timeout']);
  },
  'proxy-next-upstream-tries': (settings, block) => {
    block.add('proxy_next_upstream_tries', settings['proxy-next-upstream-tries']);
    block.add('grpc_next_upstream_tries', settings['proxy-next-upstream-tries']);
  },
};

/** When a request that failed is tried on another pod. */
export const nextUpstream = defineFamily({
  name: 'next-upstream',
  summary: 'When a request that failed is tried on another pod.',
  keys,
  ...inherited(emitters),
});
