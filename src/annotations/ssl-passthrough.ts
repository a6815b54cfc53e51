import { defineFamily } from './define.ts';
import { bool } from './value-types.ts';

/** Whether the TLS of a host is passed on instead of being ended by NGINX. */
export const sslPassthrough = defineFamily({
  name: 'ssl-passthrough',
  summary: 'Whether the TLS of a host is passed on instead of being ended by NGINX.',
  keys: {
    'ssl-passthrough': {
      type: bool,
      default: false,
      source: 'annotation',
      scope: 'server',
      risk: 'Low',
      onInvalid: 'default',
      compat: 'stricter',
      doc: 'Hands TLS connections that ask for exactly this host to a pod of the Service of its path /, unopened; plain HTTP goes to the same Service over TLS. Needs the flag --enable-ssl-passthrough. Everything else that the Ingress says holds for plain HTTP only, so NGINX goes on ending TLS where the Ingress or the ConfigMap protects the path /, or where another Ingress has that path; ingress-nginx passes it on there too, past the protection. Wildcards and aliases are not passed through.',
    },
  },
  shapeHost(settings, host) {
    host.passesThrough = settings['ssl-passthrough'];
  },
});
