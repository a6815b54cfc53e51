import { fail, ok } from '../values/result.ts';
import type { DirectiveSink } from '../nginx/draft.ts';
import { defineFamily } from './define.ts';
import type { ValueType } from './value-types.ts';

/** What is replaced by what; `off` replaces nothing. */
type Replacement = 'off' | { readonly from: string; readonly to: string };

/** NGINX reads a first word that begins with `~` as a regular expression. */
const replacement = (what: string, word: string, example: string): ValueType<Replacement> => {
  const grammar = new RegExp(`^(?!~)(${word}{1,500}) +(${word}{1,500})$`);
  const label = `off, or ${what} and what replaces it`;
  return {
    label,
    examples: ['off', example],
    format: (value) => (value === 'off' ? value : `${value.from} ${value.to}`),
    parse: (text) => {
      if (text === 'off') return ok('off');
      const [, from, to] = grammar.exec(text) ?? [];
      return from === undefined || to === undefined ? fail(label) : ok({ from, to });
    },
  };
};

const common = {
  source: 'both',
  scope: 'location',
  risk: 'Medium',
  onInvalid: 'default',
  compat: 'stricter',
  default: 'off',
} as const;

const keys = {
  'proxy-cookie-domain': {
    ...common,
    type: replacement('a domain', '[A-Za-z0-9+\\-._~/:]', 'internal.example shop.example'),
    doc: 'Replaces the domain of cookies that the backend sets. Regular expressions are refused.',
  },
  'proxy-cookie-path': {
    ...common,
    type: replacement('the beginning of a path', '[A-Za-z0-9+\\-._~/:,?&=]', '/app/ /'),
    doc: 'Replaces the beginning of the path of cookies that the backend sets. Regular expressions are refused; so is a single word, which stops ingress-nginx for everybody.',
  },
} as const;

const argumentsOf = (value: Replacement): readonly [string, ...string[]] =>
  value === 'off' ? ['off'] : [value.from, value.to];

const emitters: Readonly<Record<keyof typeof keys, (value: Replacement, block: DirectiveSink) => void>> = {
  'proxy-cookie-domain': (value, block) => block.add('proxy_cookie_domain', ...argumentsOf(value)),
  'proxy-cookie-path': (value, block) => block.add('proxy_cookie_path', ...argumentsOf(value)),
};
const names = ['proxy-cookie-domain', 'proxy-cookie-path'] as const;

/** Domain and path of cookies that backends set. */
export const proxyCookie = defineFamily({
  name: 'proxy-cookie',
  summary: 'Domain and path of cookies that backends set.',
  keys,
  emitHttp(settings, http) {
    for (const key of names) if (settings[key] !== 'off') emitters[key](settings[key], http);
  },
  emitLocation(settings, location, route) {
    for (const key of names) if (route.written.has(key)) emitters[key](settings[key], location);
  },
});
