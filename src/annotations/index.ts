/** The registry: every family, in alphabetical order. Documents, checks and settings types follow from this list. */
import { backendProtocol } from './backend-protocol.ts';
import { backendRequest } from './backend-request.ts';
import { basicAuth } from './basic-auth.ts';
import { blockLists } from './block-lists.ts';
import { brotli } from './brotli.ts';
import { canary } from './canary.ts';
import { ciphers } from './ciphers.ts';
import { clientCertificates } from './client-certificates.ts';
import { connections } from './connections.ts';
import { cors } from './cors.ts';
import { customHeaders } from './custom-headers.ts';
import type { SettingsOf } from './define.ts';
import { defaultType } from './default-type.ts';
import { errorPages } from './error-pages.ts';
import { externalAuth } from './external-auth.ts';
import { fastcgi } from './fastcgi.ts';
import { forwarding } from './forwarding.ts';
import { furtherHosts } from './further-hosts.ts';
import { geoip2 } from './geoip2.ts';
import { globalSnippets } from './global-snippets.ts';
import { gzip } from './gzip.ts';
import { headerFilter } from './header-filter.ts';
import { hsts } from './hsts.ts';
import { http2Push } from './http2-push.ts';
import { http3 } from './http3.ts';
import { installationHeaders } from './installation-headers.ts';
import { limits } from './limits.ts';
import { listeners } from './listeners.ts';
import { loadBalance } from './load-balance.ts';
import { logs } from './logs.ts';
import { mirror } from './mirror.ts';
import { modsecurity } from './modsecurity.ts';
import { nextUpstream } from './next-upstream.ts';
import { nginxStatus } from './nginx-status.ts';
import { opentelemetry } from './opentelemetry.ts';
import { policy } from './policy.ts';
import { proxyCookie } from './proxy-cookie.ts';
import { proxyRedirect } from './proxy-redirect.ts';
import { proxyTuning } from './proxy-tuning.ts';
import { redirects } from './redirects.ts';
import { rewrite } from './rewrite.ts';
import { satisfy } from './satisfy.ts';
import { serviceUpstream } from './service-upstream.ts';
import { sessionAffinity } from './session-affinity.ts';
import { snippets } from './snippets.ts';
import { sourceRange } from './source-range.ts';
import { sslPassthrough } from './ssl-passthrough.ts';
import { streamProxy } from './stream-proxy.ts';
import { tlsRedirect } from './tls-redirect.ts';
import { tlsSessions } from './tls-sessions.ts';
import { tls } from './tls.ts';
import { upstreamKeepalive } from './upstream-keepalive.ts';
import { withoutEffect } from './without-effect.ts';
import { workers } from './workers.ts';

/** Every family of annotations and ConfigMap keys. */
export const families = [
  backendProtocol,
  backendRequest,
  basicAuth,
  blockLists,
  brotli,
  canary,
  ciphers,
  clientCertificates,
  connections,
  cors,
  customHeaders,
  defaultType,
  errorPages,
  externalAuth,
  fastcgi,
  forwarding,
  furtherHosts,
  geoip2,
  globalSnippets,
  gzip,
  headerFilter,
  hsts,
  http2Push,
  http3,
  installationHeaders,
  limits,
  listeners,
  loadBalance,
  logs,
  mirror,
  modsecurity,
  nextUpstream,
  nginxStatus,
  opentelemetry,
  policy,
  proxyCookie,
  proxyRedirect,
  proxyTuning,
  redirects,
  rewrite,
  satisfy,
  serviceUpstream,
  sessionAffinity,
  snippets,
  sourceRange,
  sslPassthrough,
  streamProxy,
  tls,
  tlsRedirect,
  tlsSessions,
  upstreamKeepalive,
  withoutEffect,
  workers,
] as const;

type Families = (typeof families)[number];

/** Values of all keys, by family and key: `settings['proxy-tuning']['proxy-read-timeout']` is a number. */
export type Settings = { readonly [F in Families as F['name']]: SettingsOf<F['keys']> };
