/**
 * Annotations of ingress-nginx 1.15.1 that Portico does not support yet. Those that protect a route close it: traffic
 * never passes where a protection was asked for and cannot be given. Others are ignored with a Problem.
 */
export const plannedAnnotations: Readonly<Record<string, 'closes' | 'ignored'>> = {};
