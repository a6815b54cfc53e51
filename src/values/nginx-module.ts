import { geoDatabases } from './geo-database.ts';

/** Parts that others make. */
const modulesOfOthers = [
  'http_brotli_filter_module',
  'http_geoip2_module',
  'http_modsecurity_module',
  'otel_module',
] as const;

/** Parts of NGINX that Portico uses and that not every NGINX has, named as the files that hold them. */
export const optionalModules = [...modulesOfOthers, 'stream_module'] as const;

/** One of these parts. */
export type NginxModule = (typeof optionalModules)[number];

/** What no stock NGINX has: modules of others, the OWASP Core Rule Set, and databases. */
export const partsOfOthers = [...modulesOfOthers, 'modsecurity_crs', ...geoDatabases] as const;

/** What may be there or not. */
export type NginxPart = NginxModule | (typeof partsOfOthers)[number];
