import { defineFamily } from './define.ts';
import { bool } from './value-types.ts';

/** NGINX configuration from annotations, where the operator allows it. */
export const snippets = defineFamily({
  name: 'snippets',
  summary: 'NGINX configuration from annotations, where the operator allows it.',
  keys: {
    'allow-snippet-annotations': {
      type: bool,
      default: false,
      source: 'configmap',
      scope: 'http',
      risk: 'Critical',
      onInvalid: 'default',
      compat: 'same',
      doc: 'Whether annotations may carry NGINX configuration; needs annotations-risk-level Critical too.',
    },
  },
});
