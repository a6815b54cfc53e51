import { expr } from '../nginx/expression.ts';
import { defineFamily } from './define.ts';
import { bool } from './value-types.ts';

/** HTTP over QUIC: UDP on the HTTPS port. */
export const http3 = defineFamily({
  name: 'http3',
  summary: 'HTTP/3 toward clients, which ingress-nginx does not have.',
  keys: {
    'enable-http3': {
      type: bool,
      default: false,
      source: 'configmap',
      scope: 'http',
      risk: 'Low',
      onInvalid: 'default',
      compat: 'differs',
      doc: 'Answers HTTP/3 too, on UDP at the HTTPS port, and says so in the header Alt-Svc of answers over HTTPS, in place of that of the backend. Services and load balancers in front have to lead UDP there. Needs an NGINX with http_v3_module, TLSv1.3, and clients without the PROXY protocol. A reload ends connections of HTTP/3, and a request at that moment has to be sent again; those of TCP go on. A key of Portico; ingress-nginx has none.',
    },
  },
  emitHttp(_, http) {
    if (!http.servesHttp3) return;
    http.addMap(expr`${'scheme'}`, 'pt_alt_svc', [
      { default: '' },
      { key: 'https', value: `h3=":${http.ports.publicHttps}"; ma=86400` },
    ]);
    http.setAnswerHeader('Alt-Svc', expr`${'pt_alt_svc'}`);
  },
});
