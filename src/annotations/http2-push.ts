import { defineFamily } from './define.ts';
import { bool } from './value-types.ts';

/** Answers that clients did not ask for. */
export const http2Push = defineFamily({
  name: 'http2-push',
  summary: 'Answers that clients did not ask for, which neither browsers nor NGINX know any more.',
  keys: {
    'http2-push-preload': {
      type: bool,
      default: false,
      source: 'annotation',
      scope: 'location',
      risk: 'Low',
      onInvalid: 'default',
      compat: 'same',
      doc: 'Has no effect, as in ingress-nginx 1.15: NGINX 1.25.1 removed it. Browsers still read the Link headers of backends.',
    },
  },
});
