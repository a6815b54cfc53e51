import type { KeyExpression } from '../nginx/expression.ts';
import { defineFamily } from './define.ts';
import { keyExpression, type Key } from './key-expression.ts';
import { bool, oneOf, wholeNumber } from './value-types.ts';

const subset = {
  source: 'annotation',
  scope: 'upstream',
  risk: 'Low',
  onInvalid: 'default',
  compat: 'differs',
} as const;

/** NGINX gives requests with an empty key to anybody; ingress-nginx gives them all to one pod. */
const neverEmpty = ({ parts }: Key['expression']): KeyExpression => ({ parts: [...parts, '-'] });

/** How the pods of a Service take turns. */
export const loadBalance = defineFamily({
  name: 'load-balance',
  summary: 'How the pods of a Service take turns. The oldest Ingress that leads to a Service port decides for all.',
  keys: {
    'load-balance': {
      type: oneOf(['round_robin', 'ewma']),
      default: 'round_robin',
      source: 'both',
      scope: 'upstream',
      risk: 'Low',
      onInvalid: 'default',
      compat: 'differs',
      doc: 'round_robin, or ewma: of two pods drawn at random, the one with fewer requests under way; stock NGINX cannot weigh how long pods take to answer, as ingress-nginx does.',
    },
    'upstream-hash-by': {
      type: keyExpression,
      source: 'annotation',
      scope: 'upstream',
      risk: 'High',
      onInvalid: 'default',
      compat: 'differs',
      doc: 'Requests for which this is the same go to the same pod, whichever replica of Portico gets them; wins over load-balance. When pods come or go, only requests of these pods move. Of more than 128 pods some get nothing. Pods change once, when you move from ingress-nginx.',
    },
    'upstream-hash-by-subset': {
      ...subset,
      type: bool,
      default: false,
      doc: 'Whether requests with one key go to a few pods in turn, instead of one. When pods come or go, each key keeps the others of its pods; ingress-nginx forms its groups anew. With --endpoints=reload a key has one pod.',
    },
    'upstream-hash-by-subset-size': {
      ...subset,
      type: wholeNumber(0, 128),
      default: 3,
      doc: 'How many pods that are; 0 stands for 3. Which ones, is not what ingress-nginx chooses.',
    },
  },
  shapeBackend(settings, backend) {
    if (settings['upstream-hash-by'] === undefined) return;
    backend.podsPerKey = settings['upstream-hash-by-subset'] ? settings['upstream-hash-by-subset-size'] || 3 : 1;
  },
  emitUpstream(settings, upstream) {
    const key = settings['upstream-hash-by']?.expression;
    if (key !== undefined)
      upstream.balance('hash', neverEmpty(key), ...(upstream.hasNamedServers ? ['consistent'] : []));
    else if (settings['load-balance'] === 'ewma') upstream.balance('random', 'two', 'least_conn');
  },
});
