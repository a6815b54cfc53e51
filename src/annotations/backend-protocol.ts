import { defineFamily } from './define.ts';
import { oneOf } from './value-types.ts';

/** Which protocol NGINX speaks to the pods. */
export const backendProtocol = defineFamily({
  name: 'backend-protocol',
  summary: 'The protocol that NGINX speaks to the pods.',
  keys: {
    'backend-protocol': {
      type: oneOf(['HTTP', 'HTTPS', 'GRPC', 'GRPCS', 'FCGI']),
      default: 'HTTP',
      source: 'annotation',
      scope: 'location',
      risk: 'Low',
      onInvalid: 'default',
      compat: 'differs',
      doc: 'HTTP, HTTPS, GRPC (h2c), GRPCS or FCGI, in any case. Certificates of pods are not verified, as in ingress-nginx. Timeouts, buffers and retries of FCGI are those of NGINX itself, as in ingress-nginx; besides, its programs are told what other backends learn of the client (HTTP_X_REAL_IP, HTTP_X_FORWARDED_FOR and so on). AUTO_HTTP is not supported yet.',
    },
  },
  shape(settings, route) {
    route.protocol = settings['backend-protocol'];
  },
});
