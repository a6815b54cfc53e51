/**
 * Keys of the ConfigMap of ingress-nginx 1.15.1 that Portico does not support yet. Those that protect every route close
 * every route: traffic never passes where a protection was asked for and cannot be given.
 */
export const plannedSettings: Readonly<Record<string, 'closes' | 'ignored'>> = {
  'enable-opentelemetry': 'ignored',
  'opentelemetry-config': 'ignored',
  'opentelemetry-operation-name': 'ignored',
  'opentelemetry-trust-incoming-span': 'ignored',
  'otlp-collector-host': 'ignored',
  'otlp-collector-port': 'ignored',
  'otel-service-name': 'ignored',
  'otel-sampler': 'ignored',
  'otel-sampler-ratio': 'ignored',
  'otel-sampler-parent-based': 'ignored',
  'otel-max-queuesize': 'ignored',
  'otel-schedule-delay-millis': 'ignored',
  'otel-max-export-batch-size': 'ignored',
  'enable-modsecurity': 'closes',
  'enable-owasp-modsecurity-crs': 'closes',
  'modsecurity-snippet': 'closes',
  'stream-snippet': 'ignored',
  'main-snippet': 'closes',
  'http-snippet': 'closes',
  'server-snippet': 'closes',
  'location-snippet': 'closes',
  'use-geoip2': 'ignored',
  'geoip2-autoreload-in-minutes': 'ignored',
};
