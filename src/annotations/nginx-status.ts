import { fail } from '../values/result.ts';
import { defineFamily } from './define.ts';
import { cidrList, type ValueType } from './value-types.ts';

const networks = (
  label: string,
  isOfFamily: (network: string) => boolean,
  example: string,
): ValueType<readonly string[]> => ({
  label,
  examples: [example],
  parse: (text) => {
    const all = cidrList.parse(text);
    return all.ok && all.value.every(isOfFamily) ? all : fail(label);
  },
});

const isIpv6 = (network: string): boolean => network.includes(':');

const common = { source: 'configmap', scope: 'http', risk: 'High', onInvalid: 'default', compat: 'stricter' } as const;
const doc =
  'who may ask for /nginx_status on hosts that no Ingress has. Only the address of the connection counts: unlike in ingress-nginx, a trusted peer may name no other by a header or the PROXY protocol. With use-proxy-protocol nobody may ask by connections whose address NGINX has replaced before it reads requests: all of them with use-forwarded-headers, TLS with --enable-ssl-passthrough.';

/** Who may see the counters of NGINX. */
export const nginxStatus = defineFamily({
  name: 'nginx-status',
  summary: 'Who may see the counters of NGINX.',
  keys: {
    'nginx-status-ipv4-whitelist': {
      ...common,
      type: networks('a comma list of IPv4 addresses and networks', (one) => !isIpv6(one), '127.0.0.1,10.0.0.0/8'),
      default: ['127.0.0.1'],
      doc: `IPv4 clients ${doc}`,
    },
    'nginx-status-ipv6-whitelist': {
      ...common,
      type: networks('a comma list of IPv6 addresses and networks', isIpv6, '::1,2001:db8::/32'),
      default: ['::1'],
      doc: `IPv6 clients ${doc}`,
    },
  },
  emitHttp(settings, http) {
    const allowed = [...settings['nginx-status-ipv4-whitelist'], ...settings['nginx-status-ipv6-whitelist']];
    http.addGeo(
      'pt_peer',
      'pt_sees_status',
      allowed.map((network) => [network, '1'] as const),
    );
  },
});
