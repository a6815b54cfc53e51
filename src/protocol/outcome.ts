import type { NginxError } from './messages.ts';

/** What became of a generation that was published: it serves, NGINX said no, or it could not be tried. */
export type Outcome =
  | { readonly kind: 'live' }
  | { readonly kind: 'refused'; readonly errors: readonly NginxError[] }
  | { readonly kind: 'failed'; readonly message: string };
