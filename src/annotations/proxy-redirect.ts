import type { DirectiveSink } from '../nginx/draft.ts';
import { defineFamily, type SettingsOf } from './define.ts';
import { textMatching } from './value-types.ts';

/** NGINX reads a first word that begins with `~` as a regular expression. */
const text = textMatching(
  'off, default, or text of letters, digits and - . _ ~ / : + , ? & = that does not begin with ~',
  /^(?!~)[A-Za-z0-9+\-._~/:,?&=]{1,1000}$/,
  'http://internal.example/',
);
const common = {
  type: text,
  source: 'both',
  scope: 'location',
  risk: 'Medium',
  onInvalid: 'default',
  default: 'off',
} as const;

const keys = {
  'proxy-redirect-from': {
    ...common,
    compat: 'stricter',
    doc: 'Beginning of the Location header of the backend that is replaced. off and default leave it as it is: no backend knows the name that NGINX gives it. Regular expressions are refused.',
  },
  'proxy-redirect-to': {
    ...common,
    compat: 'same',
    doc: 'What replaces the beginning of Location; needs proxy-redirect-from.',
  },
} as const;

const UNCHANGED = new Set(['off', 'default']);

const emit = (settings: SettingsOf<typeof keys>, block: DirectiveSink): void => {
  const { 'proxy-redirect-from': from, 'proxy-redirect-to': to } = settings;
  if (UNCHANGED.has(from) || to === 'off') block.add('proxy_redirect', 'off');
  else block.add('proxy_redirect', from, to);
};

/** Redirects of backends. */
export const proxyRedirect = defineFamily({
  name: 'proxy-redirect',
  summary: 'The Location header of answers of backends.',
  keys,
  check(settings, { written, invalid }) {
    const { 'proxy-redirect-from': from, 'proxy-redirect-to': to } = settings;
    const facts = { code: invalid, closes: false, consequence: 'leaving Location as it is' } as const;
    if (written.has('proxy-redirect-from') && !UNCHANGED.has(from) && to === 'off')
      return [{ ...facts, key: 'proxy-redirect-from', expected: 'proxy-redirect-to beside it', received: from }];
    if (written.has('proxy-redirect-to') && to !== 'off' && UNCHANGED.has(from))
      return [{ ...facts, key: 'proxy-redirect-to', expected: 'proxy-redirect-from beside it', received: to }];
    return [];
  },
  emitHttp: emit,
  emitLocation(settings, location, { written }) {
    if (written.has('proxy-redirect-from') || written.has('proxy-redirect-to')) emit(settings, location);
  },
});
