import { defineFamily } from './define.ts';
import { bool, textMatching, wholeNumber } from './value-types.ts';

const common = {
  source: 'annotation',
  scope: 'location',
  risk: 'Low',
  onInvalid: 'default',
  compat: 'same',
} as const;

const CHARACTERS = '[A-Za-z0-9\\-._~/:,?&=]';

const url = (scheme: string, label: string): ReturnType<typeof textMatching> =>
  textMatching(
    `${label} of letters, digits and - . _ ~ / : , ? & =`,
    new RegExp(`^${scheme}${CHARACTERS}{0,2000}$`),
    'https://www.example.com/new',
  );

/** Redirects of whole paths, before everything else. */
export const redirects = defineFamily({
  name: 'redirects',
  summary: 'Redirects whole paths, before they are redirected to HTTPS and before access rules are asked.',
  keys: {
    'permanent-redirect': {
      ...common,
      type: url('(https?://[A-Za-z0-9]|/)', 'a URL or path'),
      risk: 'Medium',
      doc: 'Redirects every request to this URL; nothing of the request is appended.',
    },
    'permanent-redirect-code': {
      ...common,
      type: wholeNumber(300, 308),
      default: 301,
      doc: 'Status code of permanent-redirect.',
    },
    'temporal-redirect': {
      ...common,
      type: url('https?://[A-Za-z0-9]', 'a URL'),
      risk: 'Medium',
      doc: 'Redirects every request to this URL; wins over permanent-redirect.',
    },
    'temporal-redirect-code': {
      ...common,
      type: wholeNumber(300, 307),
      default: 302,
      doc: 'Status code of temporal-redirect.',
    },
    'relative-redirects': {
      ...common,
      type: bool,
      source: 'both',
      default: false,
      doc: 'Whether redirects that NGINX builds from a path name the path only, without scheme and host.',
    },
  },
  emitHttp(settings, http) {
    http.add('absolute_redirect', !settings['relative-redirects']);
  },
  emitLocation(settings, location, route) {
    const { 'permanent-redirect': permanent, 'temporal-redirect': temporal } = settings;
    if (temporal !== undefined) location.add('return', settings['temporal-redirect-code'], temporal);
    else if (permanent !== undefined) location.add('return', settings['permanent-redirect-code'], permanent);
    if (route.written.has('relative-redirects')) location.add('absolute_redirect', !settings['relative-redirects']);
  },
});
