import { defineFamily } from './define.ts';
import { bool, oneOf, textMatching, wholeNumber } from './value-types.ts';

const common = { source: 'configmap', scope: 'http', risk: 'Low', onInvalid: 'default', compat: 'no-op' } as const;
const text = { ...common, type: textMatching('one line of text', /^[^\u0000-\u001f\u007f]{1,4000}$/, 'x') } as const;
const number = { ...common, type: wholeNumber(0, 2_000_000_000) } as const;

const flag = { ...common, type: bool } as const;

const COMPUTED = 'Portico sizes this hash by what it holds.';
const OLD_NGINX = 'NGINX has not had this since 1.19.7; large-client-header-buffers counts for HTTP/2 too.';
const DEAD = 'ingress-nginx reads this key and never uses it.';
const INTERNAL = 'ingress-nginx uses this name for itself.';
const SERIAL =
  'Portico gathers changes, reloads once for all of them, and never while another reload is under way. New pods need no reload.';
const IPV6_NAMES = 'NGINX asks for IPv6 addresses only where a Service that is served has some.';
const OUTPUT =
  'Logs go to the output of the container, to which these paths lead in ingress-nginx too; NGINX has no other place to write to. Elsewhere --access-log names a file.';
const output = (paths: readonly string[]) => ({ ...common, type: oneOf(paths), doc: OUTPUT }) as const;

/** Keys that old ConfigMaps may keep. Where an annotation has the same name, the key is not its default. */
export const withoutEffect = defineFamily({
  name: 'without-effect',
  summary: 'Keys that are accepted and have no effect, because nothing is left to decide.',
  keys: {
    'server-name-hash-max-size': { ...number, doc: COMPUTED },
    'server-name-hash-bucket-size': { ...number, doc: COMPUTED },
    'map-hash-bucket-size': { ...number, doc: COMPUTED },
    'variables-hash-max-size': { ...number, doc: COMPUTED },
    'variables-hash-bucket-size': { ...number, doc: COMPUTED },
    'proxy-headers-hash-max-size': { ...number, doc: 'The hash of Portico holds every header that it takes.' },
    'proxy-headers-hash-bucket-size': { ...number, doc: 'The hash of Portico holds every header that it takes.' },
    'http2-max-field-size': { ...text, doc: OLD_NGINX },
    'http2-max-header-size': { ...text, doc: OLD_NGINX },
    'http2-max-requests': {
      ...number,
      doc: 'NGINX has not had this since 1.19.7; keep-alive-requests counts for HTTP/2 too.',
    },
    'forwarded-for-proxy-protocol-header': {
      ...text,
      doc: 'ingress-nginx names a header so that it can pass on an address to itself; Portico needs none.',
    },
    'enable-serial-reloads': { ...flag, doc: SERIAL },
    'disable-ipv6-dns': { ...flag, doc: IPV6_NAMES },
    'lua-shared-dicts': { ...text, doc: 'Portico runs no Lua.' },
    'access-log-path': output(['/var/log/nginx/access.log', '/dev/stdout']),
    'http-access-log-path': output(['/var/log/nginx/access.log', '/dev/stdout']),
    'stream-access-log-path': output(['/var/log/nginx/access.log', '/dev/stdout']),
    'error-log-path': output(['/var/log/nginx/error.log', '/dev/stderr']),
    'setting-app-root': { ...text, configMapKey: 'app-root', doc: DEAD },
    'setting-upstream-hash-by': { ...text, configMapKey: 'upstream-hash-by', doc: DEAD },
    'setting-upstream-hash-by-subset': { ...text, configMapKey: 'upstream-hash-by-subset', doc: DEAD },
    'setting-upstream-hash-by-subset-size': { ...number, configMapKey: 'upstream-hash-by-subset-size', doc: DEAD },
    'bind-address-ipv4': { ...text, doc: INTERNAL },
    'bind-address-ipv6': { ...text, doc: INTERNAL },
    'global-external-auth': { ...text, doc: INTERNAL },
    Resolver: { ...text, doc: INTERNAL },
  },
});
