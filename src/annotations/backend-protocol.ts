import { defineFamily } from './define.ts';
import { oneOf } from './value-types.ts';

/** Which protocol NGINX speaks to the pods. */
export const backendProtocol = defineFamily({
  name: 'backend-protocol',
  summary: 'The protocol that NGINX speaks to the pods.',
  keys: {
    'backend-protocol': {
      type: oneOf(['HTTP', 'HTTPS', 'GRPC', 'GRPCS']),
      default: 'HTTP',
      source: 'annotation',
      scope: 'location',
      risk: 'Low',
      onInvalid: 'default',
      compat: 'differs',
      doc: 'HTTP, HTTPS, GRPC (h2c) or GRPCS, in any case. Certificates of pods are not verified, as in ingress-nginx. AUTO_HTTP and FCGI are not supported yet.',
    },
  },
  shape(settings, route) {
    route.protocol = settings['backend-protocol'];
  },
});
