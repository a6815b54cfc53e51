import { defineFamily } from './define.ts';
import { bool } from './value-types.ts';

/** Whether requests go to pods, or to the address of their Service. */
export const serviceUpstream = defineFamily({
  name: 'service-upstream',
  summary: 'Whether requests go to pods, or to the address of their Service.',
  keys: {
    'service-upstream': {
      type: bool,
      default: false,
      source: 'both',
      scope: 'location',
      risk: 'Low',
      onInvalid: 'default',
      compat: 'differs',
      doc: 'Sends requests to the cluster IP of the Service, which the cluster balances, instead of its pods; a Service without one is reached by its pods. Holds for the routes of this Ingress, where in ingress-nginx the first Ingress of a Service decides for all.',
    },
  },
  shape(settings, route) {
    route.viaService = settings['service-upstream'];
  },
});
