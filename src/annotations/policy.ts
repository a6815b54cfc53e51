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
      compat: 'stricter',
      doc: 'Whether annotations may name Secrets and ConfigMaps of other namespaces, and canaries may take requests to Ingresses of other namespaces, which ingress-nginx always allows.',
    },
    'annotation-value-word-blocklist': {
      ...common,
      type: listOf('a comma list of words', /^[^\x00-\x1f\x7f]{1,200}$/, 'load_module,lua_package'),
      default: [],
      onInvalid: 'close',
      compat: 'stricter',
      doc: 'An Ingress whose annotations hold one of these words is closed; ingress-nginx serves nothing of it.',
    },
    'strict-validate-path-type': {
      ...common,
      type: bool,
      default: true,
      risk: 'Low',
      doc: 'Whether the admission webhook refuses Exact and Prefix paths with characters of regular expressions. Has no effect on routes, as in ingress-nginx: such a path is served as the text that it is. Portico has no admission webhook yet.',
    },
  },
});
