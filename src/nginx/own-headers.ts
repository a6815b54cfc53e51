/** NGINX writes these itself: a second one would contradict it. */
export const OF_NGINX: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'content-type',
  'date',
  'keep-alive',
  'location',
  'server',
  'transfer-encoding',
  'upgrade',
]);

/** Whether NGINX writes a header of answers itself; names are compared without regard to case. */
export const isOfNginx = (name: string): boolean => OF_NGINX.has(name.toLowerCase());
