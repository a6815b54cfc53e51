/**
 * Keys of the ConfigMap of ingress-nginx 1.15.1 that Portico does not support yet. Those that protect every route close
 * every route: traffic never passes where a protection was asked for and cannot be given.
 */
export const plannedSettings: Readonly<Record<string, 'closes' | 'ignored'>> = {
  'use-geoip2': 'ignored',
  'geoip2-autoreload-in-minutes': 'ignored',
};
