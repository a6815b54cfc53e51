import { defineFamily } from './define.ts';
import { bool } from './value-types.ts';

/** Whether requests go to pods, or to the address of their Service. */
export const serviceUpstream = defineFamily({
  name: 'service-upstream',
  summary:
    'Whether requests go to pods, or to the address of their Service. The oldest Ingress that leads to a Service port decides for all.',
  keys: {
    'service-upstream': {
      type: bool,
      default: false,
      source: 'both',
      scope: 'upstream',
      risk: 'Low',
      onInvalid: 'default',
      compat: 'same',
      doc: 'Sends requests to the cluster IP of the Service, which the cluster balances, instead of its pods; a Service without one is reached by its pods.',
    },
  },
  shapeBackend(settings, backend) {
    backend.viaService = settings['service-upstream'];
  },
});
