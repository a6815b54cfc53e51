import { defineFamily } from './define.ts';
import { keyExpression } from './key-expression.ts';
import { oneOf } from './value-types.ts';

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
      doc: 'round_robin, or ewma: of two pods drawn at random, the one with fewer requests under way; stock NGINX cannot weigh how long pods take to answer.',
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
  },
  shapeBackend(settings, backend) {
    if (settings['upstream-hash-by'] !== undefined) backend.byKey = true;
  },
  emitUpstream(settings, upstream) {
    const key = settings['upstream-hash-by']?.expression;
    if (key !== undefined) upstream.balance('hash', key, ...(upstream.hasNamedServers ? ['consistent'] : []));
    else if (settings['load-balance'] === 'ewma') upstream.balance('random', 'two', 'least_conn');
  },
});
