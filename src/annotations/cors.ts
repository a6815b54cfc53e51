import type { DraftLine, LocationDraft } from '../nginx/draft.ts';
import { backendAnswerHeader, expr, type Complex } from '../nginx/expression.ts';
import { fail, ok } from '../values/result.ts';
import { uniqueBy } from '../values/unique-by.ts';
import { defineFamily, type Finding, type SettingsOf } from './define.ts';
import { bool, textMatching, type ValueType } from './value-types.ts';

/** Origins that may read answers. */
interface Origins {
  /** Origins as written, `null`, or a lone `*`. */
  readonly allowed: readonly string[];
  /** Items that are none. */
  readonly refused: readonly string[];
}

const NOBODY: Origins = { allowed: [], refused: [] };
const ORIGIN = /^(\*|null|[a-z][a-z0-9+.-]{0,30}:\/\/(\*\.)?[\w-]{1,63}(\.[\w-]{1,63}){0,20}(:\d{1,5})?)$/;

/** NGINX refuses a longer key of a map, for everybody. */
const MAX_LENGTH = 300;

/** One bad item does not cost the others their access, as in ingress-nginx. */
const originList: ValueType<Origins> = {
  label: 'a comma list of origins such as https://a.example or https://*.a.example, null, or *',
  examples: ['https://shop.example,https://*.shop.example:8443', '*', 'null'],
  format: ({ allowed }) => (allowed.length === 0 ? 'no origin' : allowed.join(',')),
  parse: (text) => {
    const items = [...new Set(text.replaceAll(' ', '').split(','))].filter((item) => item !== '');
    const allowed = items.filter((item) => item.length <= MAX_LENGTH && ORIGIN.test(item));
    if (allowed.length === 0 || /[\u0000-\u001f\u007f]/.test(text)) return fail(originList.label);
    const refused = items.filter((item) => !allowed.includes(item));
    return ok({ allowed: allowed.includes('*') ? ['*'] : allowed, refused });
  },
};

const common = { source: 'annotation', scope: 'location', risk: 'Medium', onInvalid: 'default' } as const;

const keys = {
  'enable-cors': {
    ...common,
    type: bool,
    default: false,
    risk: 'Low',
    compat: 'same',
    doc: 'Answers preflight requests with 204 before anything else, and tells browsers who may read answers.',
  },
  'cors-allow-origin': {
    ...common,
    type: originList,
    default: { allowed: ['*'], refused: [] },
    whenInvalid: NOBODY,
    compat: 'stricter',
    doc: 'Origins that may read answers; *. stands for one label. An invalid value allows nobody, where ingress-nginx allows everybody. Where it is a list, answers carry Vary: Origin.',
  },
  'cors-allow-methods': {
    ...common,
    type: textMatching('a list of methods', /^[A-Za-z]{1,30}([, ]+[A-Za-z]{1,30}){0,50}$/, 'GET, POST'),
    default: 'GET, PUT, POST, DELETE, PATCH, OPTIONS',
    compat: 'same',
    doc: 'Access-Control-Allow-Methods.',
  },
  'cors-allow-headers': {
    ...common,
    type: textMatching('a list of header names', /^[A-Za-z0-9_, -]{1,2000}$/, 'Content-Type, X-Token'),
    default:
      'DNT,Keep-Alive,User-Agent,X-Requested-With,If-Modified-Since,Cache-Control,Content-Type,Range,Authorization',
    compat: 'same',
    doc: 'Access-Control-Allow-Headers.',
  },
  'cors-expose-headers': {
    ...common,
    type: textMatching('a list of header names, or *', /^[A-Za-z0-9_*, -]{1,2000}$/, '*, X-Total'),
    compat: 'same',
    doc: 'Access-Control-Expose-Headers.',
  },
  'cors-allow-credentials': {
    ...common,
    type: bool,
    default: true,
    whenInvalid: false,
    risk: 'Low',
    compat: 'stricter',
    doc: 'Whether answers say Access-Control-Allow-Credentials: true. An invalid value means no, where ingress-nginx says yes.',
  },
  'cors-max-age': {
    ...common,
    type: textMatching('whole seconds', /^-?\d{1,9}$/, '600'),
    default: '1728000',
    risk: 'Low',
    compat: 'same',
    doc: 'Access-Control-Max-Age: how long browsers remember the answer to a preflight.',
  },
} as const;

type Settings = SettingsOf<typeof keys>;

const headersOf = (settings: Settings): readonly (readonly [name: string, value: string])[] => [
  ...(settings['cors-allow-credentials'] ? [['Access-Control-Allow-Credentials', 'true'] as const] : []),
  ['Access-Control-Allow-Methods', settings['cors-allow-methods']],
  ['Access-Control-Allow-Headers', settings['cors-allow-headers']],
  ...(settings['cors-expose-headers'] === undefined
    ? []
    : [['Access-Control-Expose-Headers', settings['cors-expose-headers']] as const]),
  ['Access-Control-Max-Age', settings['cors-max-age']],
];

/** An origin as a line of a map, which compares without regard to case. */
const originLine = (origin: string): DraftLine => {
  const value = expr`${'http_origin'}`;
  if (!origin.includes('*')) return { key: origin, value };
  const [scheme = '', host = ''] = origin.split('*').map((part) => part.replaceAll(/[.+]/g, '\\$&'));
  return { matches: `(?i)^${scheme}[a-z0-9-]+${host}\\z`, value };
};

/** `0` where the request is a preflight that we answer ourselves: that is also the length that ingress-nginx names. */
const answerPreflight = (location: LocationDraft, asked: Complex, matches: string): void => {
  const preflight = location.mapped(asked, [{ default: '' }, { matches, value: '0' }]);
  location.answerIf({ phase: 'redirect', variable: preflight, equals: '0', code: 204 });
  location.add('add_header', 'Content-Length', expr`${preflight}`, 'always');
};

const allowEverybody = (settings: Settings, location: LocationDraft): void => {
  answerPreflight(location, expr`${'request_method'}`, '^OPTIONS\\z');
  location.setAnswerHeader('Access-Control-Allow-Origin', '*');
  for (const [name, value] of headersOf(settings)) location.setAnswerHeader(name, value);
};

/** What the backend says itself stays where the origin is none of ours. */
const allowSome = (settings: Settings, origins: readonly string[], location: LocationDraft): void => {
  const distinct = uniqueBy(origins, (origin) => origin.toLowerCase());
  const origin = location.mapped(expr`${'http_origin'}`, [{ default: '' }, ...distinct.map(originLine)]);
  answerPreflight(location, expr`${'request_method'} ${origin}`, '^OPTIONS .');
  const forOrigin = (name: string, value: Complex): void => {
    const own = expr`${backendAnswerHeader(name)}`;
    const shown = location.mapped(expr`${origin}`, [{ default: value }, { key: '', value: own }]);
    location.setAnswerHeader(name, expr`${shown}`);
  };
  forOrigin('Access-Control-Allow-Origin', expr`${origin}`);
  for (const [name, value] of headersOf(settings)) forOrigin(name, value);
  location.add('add_header', 'Vary', 'Origin', 'always');
};

/** Which web pages of other origins may read answers. */
export const cors = defineFamily({
  name: 'cors',
  summary: 'Which web pages of other origins may read answers.',
  keys,
  check(settings): readonly Finding[] {
    return settings['cors-allow-origin'].refused.map((received) => ({
      key: 'cors-allow-origin',
      code: 'InvalidAnnotation',
      expected: originList.label,
      received,
      closes: false,
      consequence: 'leaving out this origin',
    }));
  },
  emitLocation(settings, location) {
    const { allowed } = settings['cors-allow-origin'];
    if (!settings['enable-cors'] || allowed.length === 0) return;
    if (allowed.includes('*')) allowEverybody(settings, location);
    else allowSome(settings, allowed, location);
  },
});
