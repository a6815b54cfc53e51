import { parseClusterRegex, type ClusterRegex } from '../nginx/cluster-regex.ts';
import type { DraftLine, SplitDraft } from '../nginx/draft.ts';
import { expr, requestHeader, type Complex } from '../nginx/expression.ts';
import { fail, ok } from '../values/result.ts';
import { cookieName, cookieValue, escapeRegex } from './cookie.ts';
import { defineFamily, type SettingsOf } from './define.ts';
import { bool, integer, textMatching, type ValueType } from './value-types.ts';

/** A regular expression for values of a header; `unreadable` keeps every request with that header on the main backend. */
type Pattern = 'unreadable' | { readonly text: string; readonly regex: ClusterRegex };

const pattern: ValueType<Pattern> = {
  label: 'a regular expression without named groups, verbs and back references',
  examples: ['^(blue|green)$', 'v[0-9]+'],
  format: (value) => (value === 'unreadable' ? 'the main backend' : value.text),
  parse: (text) => {
    const regex = parseClusterRegex(text);
    return regex.ok ? ok({ text, regex: regex.value }) : fail(regex.error);
  },
};

const common = { source: 'annotation', scope: 'upstream', risk: 'Medium', onInvalid: 'default' } as const;

const keys = {
  canary: {
    ...common,
    type: bool,
    default: false,
    risk: 'Low',
    compat: 'stricter',
    doc: 'Makes the Ingress a canary: it serves no host of its own. For each of its rules whose host, path and pathType another Ingress of its namespace has (of any namespace with allow-cross-namespace-resources, as always in ingress-nginx), its Service gets some of the requests to the Service there, under every host that leads to that Service. Header comes before cookie, cookie before weight. A Service has one canary, the oldest; while it has no endpoints, the main one gets its requests. Of its other annotations only those about load balancing, session affinity and service-upstream count.',
  },
  'canary-by-header': {
    ...common,
    type: textMatching('a header name of letters, digits, - and _', /^[A-Za-z0-9_-]{1,70}$/, 'X-Canary'),
    compat: 'same',
    doc: 'Name of a header: always leads to the canary, never to the main Service; anything else leaves it to cookie and weight.',
  },
  'canary-by-header-value': {
    ...common,
    type: textMatching('letters, digits, spaces and - . _ ~ / :', /^[A-Za-z0-9\-._~/: ]{1,1000}$/, 'blue'),
    compat: 'same',
    doc: 'The one value of canary-by-header that leads to the canary, instead of always and never.',
  },
  'canary-by-header-pattern': {
    ...common,
    type: pattern,
    whenInvalid: 'unreadable',
    compat: 'stricter',
    doc: 'Regular expression for values of canary-by-header that lead to the canary, instead of always and never. canary-by-header-value wins over it. While it is invalid, every request with that header goes to the main Service; ingress-nginx then looks for always and never. What takes too long to match counts as no match.',
  },
  'canary-by-cookie': {
    ...common,
    type: cookieName,
    compat: 'same',
    doc: 'Name of a cookie: always leads to the canary, never to the main Service; anything else leaves it to the weight.',
  },
  'canary-weight': {
    ...common,
    type: integer,
    default: 0,
    risk: 'Low',
    compat: 'same',
    doc: 'So many of canary-weight-total requests go to the canary, drawn for each request.',
  },
  'canary-weight-total': {
    ...common,
    type: integer,
    default: 100,
    risk: 'Low',
    compat: 'differs',
    doc: 'What canary-weight is a part of; less than 100 counts as 100. Parts are rounded to hundredths of a percent, which ingress-nginx does not do.',
  },
} as const;

type CanarySettings = SettingsOf<typeof keys>;

const ALL = 10_000;

/** The part of requests that is drawn, in hundredths of a percent: a small part is never none of them. */
export const drawnShare = (weight: number, total: number): number => {
  const whole = Math.max(total, 100);
  if (weight <= 0 || weight >= whole) return weight <= 0 ? 0 : ALL;
  return Math.min(ALL - 1, Math.max(1, Math.round((weight * ALL) / whole)));
};

const byWeight = (settings: CanarySettings, split: SplitDraft): Complex => {
  const share = drawnShare(settings['canary-weight'], settings['canary-weight-total']);
  if (share === 0) return split.choice;
  return share === ALL ? split.canary : expr`${split.drawn(share)}`;
};

/** Maps compare keys in any case; these words count in lower case only. */
const alwaysOrNever = ({ canary, main }: SplitDraft): readonly DraftLine[] => [
  { matches: '^always\\z', value: canary },
  { matches: '^never\\z', value: main },
];

const byCookie = (settings: CanarySettings, split: SplitDraft, otherwise: Complex): Complex => {
  const name = settings['canary-by-cookie'];
  if (name === undefined) return otherwise;
  return expr`${split.mapped(expr`${cookieValue(name, split)}`, [{ default: otherwise }, ...alwaysOrNever(split)])}`;
};

const headerLines = (settings: CanarySettings, split: SplitDraft, otherwise: Complex): readonly DraftLine[] => {
  const { 'canary-by-header-value': value, 'canary-by-header-pattern': wanted } = settings;
  if (value !== undefined) return [{ matches: `^${escapeRegex(value)}\\z`, value: split.canary }];
  if (wanted === 'unreadable') return [{ matches: '.', value: split.main }];
  if (wanted === undefined) return alwaysOrNever(split);
  // A request without the header is none whose header matches `.*`.
  return [
    { key: '', value: otherwise },
    { matchesCluster: wanted.regex, value: split.canary },
  ];
};

const byHeader = (settings: CanarySettings, split: SplitDraft, otherwise: Complex): Complex => {
  const name = settings['canary-by-header'];
  if (name === undefined) return otherwise;
  const lines = [{ default: otherwise }, ...headerLines(settings, split, otherwise)];
  return expr`${split.mapped(expr`${requestHeader(name)}`, lines)}`;
};

/** Which requests go to the Service of a canary Ingress instead of the main one. */
export const canary = defineFamily({
  name: 'canary',
  summary: 'Which requests go to the Service of a canary Ingress instead of the main one.',
  keys,
  emitSplit: (settings, split) => byHeader(settings, split, byCookie(settings, split, byWeight(settings, split))),
});
