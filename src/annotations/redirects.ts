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

/** Where every request was to leave, none reaches the backend by mistake; it is no protection that must not get lost. */
const target = { ...common, risk: 'Medium', onInvalid: 'close', compat: 'differs', protects: () => false } as const;

const isUrl = (text: string): boolean => /^https?:\/\/[A-Za-z0-9]/.test(text);

/** Redirects of whole paths, before everything else. */
export const redirects = defineFamily({
  name: 'redirects',
  summary: 'Redirects whole paths, before they are redirected to HTTPS and before access rules are asked.',
  keys: {
    'permanent-redirect': {
      ...target,
      type: url('(https?://[A-Za-z0-9]|/)', 'a URL or path'),
      doc: 'Redirects every request to this URL; nothing of the request is appended. Where the value is invalid ingress-nginx serves nothing of the Ingress.',
    },
    'permanent-redirect-code': {
      ...common,
      type: wholeNumber(300, 308),
      default: 301,
      doc: 'Status code of permanent-redirect.',
    },
    'temporal-redirect': {
      ...target,
      type: url('', 'a URL'),
      doc: 'Redirects every request to this URL; wins over permanent-redirect. Anything but an http or https URL redirects nothing; where the value has other characters ingress-nginx serves nothing of the Ingress.',
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
  check({ 'temporal-redirect': temporal }) {
    if (temporal === undefined || isUrl(temporal)) return [];
    const expected = 'a URL that begins with http:// or https://';
    const facts = { code: 'InvalidAnnotation', closes: false, consequence: 'ignoring it' } as const;
    return [{ ...facts, key: 'temporal-redirect', expected, received: temporal }];
  },
  emitHttp(settings, http) {
    http.add('absolute_redirect', !settings['relative-redirects']);
  },
  emitLocation(settings, location, route) {
    const { 'permanent-redirect': permanent, 'temporal-redirect': temporal } = settings;
    if (temporal !== undefined && isUrl(temporal)) location.add('return', settings['temporal-redirect-code'], temporal);
    else if (permanent !== undefined) location.add('return', settings['permanent-redirect-code'], permanent);
    if (route.written.has('relative-redirects')) location.add('absolute_redirect', !settings['relative-redirects']);
  },
});
