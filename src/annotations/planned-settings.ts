/**
 * Keys of the ConfigMap of ingress-nginx 1.15.1 that Portico does not support yet. Those that protect every route close
 * every route: traffic never passes where a protection was asked for and cannot be given.
 */
export const plannedSettings: Readonly<Record<string, 'closes' | 'ignored'>> = {
  'enable-ocsp': 'ignored',
  'ssl-ecdh-curve': 'ignored',
  'ssl-dh-param': 'ignored',
  'ssl-early-data': 'ignored',
  'ssl-session-cache': 'ignored',
  'ssl-session-cache-size': 'ignored',
  'ssl-session-tickets': 'ignored',
  'ssl-session-ticket-key': 'ignored',
  'ssl-session-timeout': 'ignored',
  'ssl-buffer-size': 'ignored',
  'use-proxy-protocol': 'ignored',
  'proxy-protocol-header-timeout': 'ignored',
  'forwarded-for-proxy-protocol-header': 'ignored',
  'stream-snippet': 'ignored',
  'main-snippet': 'closes',
  'http-snippet': 'closes',
  'server-snippet': 'closes',
  'location-snippet': 'closes',
  'use-geoip2': 'ignored',
  'geoip2-autoreload-in-minutes': 'ignored',
};
