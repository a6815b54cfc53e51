import { defineFamily } from './define.ts';
import { bool, listOf, oneOf } from './value-types.ts';

const common = { source: 'configmap', scope: 'http', risk: 'High', onInvalid: 'default', compat: 'same' } as const;

/** What the operator allows the owners of Ingresses to do. */
export const policy = defineFamily({
  name: 'policy',
  summary: 'What the operator allows the owners of Ingresses to do.',
  keys: {
    'annotations-risk-level': {
      ...common,
      type: oneOf(['Low', 'Medium', 'High', 'Critical']),
      default: 'High',
      doc: 'An Ingress with an annotation of a higher risk is closed.',
    },
    'allow-cross-namespace-resources': {
      ...common,
      type: bool,
      default: false,
      doc: 'Whether annotations may name Secrets and ConfigMaps of other namespaces.',
    },
    'annotation-value-word-blocklist': {
      ...common,
      type: listOf('a comma list of words', /^[^\x00-\x1f\x7f]{1,200}$/, 'load_module,lua_package'),
      default: [],
      onInvalid: 'close',
      compat: 'stricter',
      doc: 'An Ingress whose annotations hold one of these words is closed; ingress-nginx serves nothing of it.',
    },
  },
});
