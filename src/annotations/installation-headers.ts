import type { ConfigMap } from '../cluster/resources.ts';
import type { Complex, Expression, VariableName } from '../nginx/expression.ts';
import { LONGEST_HASHED_NAME } from '../nginx/header-room.ts';
import { OF_NGINX } from '../nginx/own-headers.ts';
import { compareText } from '../values/compare.ts';
import { fail, ok, type Result } from '../values/result.ts';
import { defineFamily, type Finding } from './define.ts';
import { isGeoVariable, withoutMissing } from './geo-variables.ts';
import type { References } from './references.ts';
import { headerVariable, parseVariableText } from './variable-text.ts';
import { bool, listOf, textMatching } from './value-types.ts';

/** They say where a request ends, which only NGINX knows. */
const FRAMING = new Set(['content-length', 'keep-alive', 'te', 'trailer', 'transfer-encoding']);

/** Which headers a ConfigMap may hold. */
interface Rules {
  readonly forbidden: ReadonlySet<string>;
  readonly longest: number;
}

const NAME = /^[A-Za-z0-9._-]+$/;
const PRINTABLE = /^[\x20-\x7e]{0,1900}$/;

const variableOf = (name: string): VariableName | undefined =>
  headerVariable(name) ?? (isGeoVariable(name) ? name : undefined);

const readHeader = (name: string, text: string, { forbidden, longest }: Rules): Result<Expression> => {
  if (!NAME.test(name) || name.length > longest)
    return fail(`names of headers of at most ${longest} characters, not ${name.slice(0, 100)}`);
  if (forbidden.has(name.toLowerCase())) return fail(`headers that NGINX does not write itself, not ${name}`);
  if (!PRINTABLE.test(text)) return fail(`one line of printable text for ${name}`);
  const value = parseVariableText(text, variableOf);
  return value.ok ? value : fail(`${value.error} in ${name}`);
};

/** Nothing stands in the place of what no database says, as for an address that none knows: clients could say it. */
const headersIn = ({ data }: ConfigMap, rules: Rules, references: References) =>
  Object.entries(data)
    .toSorted(([a], [b]) => compareText(a, b))
    .map(([name, text]) => {
      const value = readHeader(name, text, rules);
      return { name, value: value.ok ? ok(withoutMissing(value.value.parts, references, '')) : value };
    });

/** Keys that name a ConfigMap with headers. */
const rulesOf = {
  'add-headers': { forbidden: OF_NGINX, longest: 100 },
  'proxy-set-headers': { forbidden: FRAMING, longest: LONGEST_HASHED_NAME },
} as const satisfies Readonly<Record<string, Rules>>;

type Key = keyof typeof rulesOf;

const findingsIn = (key: Key, named: string | undefined, references: References): readonly Finding[] => {
  if (named === undefined) return [];
  const found = references.configMap(named);
  const facts = { key, received: named, closes: false };
  if (!found.ok)
    return [{ ...facts, code: 'ConfigMapNotFound', expected: found.error.expected, consequence: 'setting no header' }];
  return headersIn(found.value, rulesOf[key], references).flatMap(({ name, value }): readonly Finding[] => {
    const invalid = { ...facts, code: 'InvalidConfigMap' } as const;
    if (!value.ok) return [{ ...invalid, expected: value.error, consequence: 'leaving out that header' }];
    return value.value.missing.map((variable) => {
      const expected = `use-geoip2 and a database that has $${variable} for ${name}`;
      return { ...invalid, expected, consequence: 'sending nothing in its place' };
    });
  });
};

/** The headers that can be written; `findingsIn` says what is wrong with the others. */
const headersOf = (
  key: Key,
  named: string | undefined,
  references: References,
): readonly (readonly [name: string, value: Complex])[] => {
  const found = named === undefined ? undefined : references.configMap(named);
  if (found === undefined || !found.ok) return [];
  return headersIn(found.value, rulesOf[key], references).flatMap(({ name, value }) =>
    value.ok ? [[name, value.value] as const] : [],
  );
};

const settingsOf = { source: 'configmap', scope: 'http', risk: 'Low', onInvalid: 'default', compat: 'same' } as const;
const reference = {
  ...settingsOf,
  type: textMatching('a ConfigMap as namespace/name', /^[a-z0-9.-]+\/[a-z0-9.-]+$/, 'ingress-nginx/headers'),
  compat: 'differs',
} as const;

/** Its name comes after `hsts`: what the operator writes in add-headers wins. */
export const installationHeaders = defineFamily({
  name: 'installation-headers',
  summary: 'Headers that are added to all answers, or hidden from them, and to all requests to backends.',
  keys: {
    'add-headers': {
      ...reference,
      doc: 'Every answer has the headers that this ConfigMap names, in place of the ones of the backend; an empty value removes one. Variables of NGINX that a client cannot fill with control characters may stand in them, and those of use-geoip2; in ingress-nginx all of them. A header that cannot be written is left out and reported.',
    },
    'proxy-set-headers': {
      ...reference,
      doc: 'Every backend gets the headers that this ConfigMap names, in place of those that Portico sets; an empty value removes one. Variables may stand in them as in add-headers, in ingress-nginx all of them.',
    },
    'hide-headers': {
      ...settingsOf,
      type: listOf('a comma list of header names', /^[A-Za-z0-9_-]{1,100}$/, 'X-Powered-By,Via'),
      default: [],
      doc: 'Headers of backends that clients do not see.',
    },
    'server-tokens': {
      ...settingsOf,
      type: bool,
      default: false,
      compat: 'differs',
      doc: 'Whether the Server header and error pages tell the version of NGINX. Without it ingress-nginx sends no Server header at all; NGINX always sends its name.',
    },
  },
  check: (settings, { references }) =>
    (['add-headers', 'proxy-set-headers'] as const).flatMap((key) => findingsIn(key, settings[key], references)),
  emitHttp(settings, http, { references }) {
    http.add('server_tokens', settings['server-tokens']);
    for (const name of settings['hide-headers']) http.setAnswerHeader(name, '');
    for (const [name, value] of headersOf('add-headers', settings['add-headers'], references))
      http.setAnswerHeader(name, value);
    for (const [name, value] of headersOf('proxy-set-headers', settings['proxy-set-headers'], references))
      http.setBackendHeader(name, value);
  },
});
