/** Parts of NGINX that Portico uses and that not every NGINX has, named as the files that hold them. */
export const optionalModules = [
  'http_brotli_filter_module',
  'http_geoip2_module',
  'http_modsecurity_module',
  'otel_module',
  'stream_module',
] as const;

/** One of these parts. */
export type NginxModule = (typeof optionalModules)[number];

/** What may be beside NGINX: a part of it, or the OWASP Core Rule Set. */
export type NginxPart = NginxModule | 'modsecurity_crs';
