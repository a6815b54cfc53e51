import type { LocationDraft, SplitDraft } from '../nginx/draft.ts';
import { expr, joined, type Complex } from '../nginx/expression.ts';
import { cookieName, cookieValue } from './cookie.ts';
import { defineFamily, type BackendFacts, type SettingsOf } from './define.ts';
import { bool, integer, oneOf, textMatching } from './value-types.ts';

const common = {
  source: 'annotation',
  scope: 'upstream',
  risk: 'Medium',
  onInvalid: 'default',
  compat: 'same',
} as const;

const keys = {
  affinity: {
    ...common,
    type: oneOf(['cookie']),
    risk: 'Low',
    compat: 'differs',
    doc: 'cookie: a client keeps its pod by a cookie; wins over load-balance and upstream-hash-by. The oldest Ingress with affinity that leads to a Service port decides on the cookie for all, but for its path; Ingresses without affinity follow the cookie, but do not set it. The pods of an ExternalName Service are unknown, so they only have affinity-mode persistent. Sessions of ingress-nginx begin anew once.',
  },
  'affinity-mode': {
    ...common,
    type: oneOf(['balanced', 'persistent']),
    default: 'balanced',
    compat: 'differs',
    doc: 'balanced: a pod that joins gets its share of the sessions there are, and no other session moves. persistent: a session stays while its pod lives; unlike in ingress-nginx, every answer then sets the cookie, it has Secure only with session-cookie-secure, and a session always moves when its pod fails.',
  },
  'affinity-canary-behavior': {
    ...common,
    type: oneOf(['sticky', 'legacy']),
    default: 'sticky',
    risk: 'Low',
    doc: 'Of a canary: sticky keeps a session on the side, main or canary, that it was drawn to, whatever header and weight say later; legacy draws each request. In persistent mode the cookie of the canary has another name, which ends in -canary.',
  },
  'session-cookie-name': {
    ...common,
    type: cookieName,
    default: 'INGRESSCOOKIE',
    doc: 'Name of the cookie.',
  },
  'session-cookie-path': {
    ...common,
    type: textMatching(
      'a path of letters, digits and - . _ ~ / : + , ? & =',
      /^\/[A-Za-z0-9+\-._~/:,?&=]{0,1000}$/,
      '/shop',
    ),
    compat: 'differs',
    doc: 'Path of the cookie; without it the path of the rule, or / where that is a regular expression, which ingress-nginx would name.',
  },
  'session-cookie-domain': {
    ...common,
    type: textMatching('a domain of letters, digits, - and .', /^[A-Za-z0-9.-]{1,253}$/, 'shop.example'),
    compat: 'stricter',
    doc: 'Domain of the cookie; without it the host alone. What cannot be a domain is refused; ingress-nginx sends it.',
  },
  'session-cookie-expires': {
    ...common,
    type: integer,
    compat: 'differs',
    doc: 'How many seconds the cookie lives, where session-cookie-max-age does not say it. It is sent as Max-Age; ingress-nginx sends Expires.',
  },
  'session-cookie-max-age': {
    ...common,
    type: integer,
    doc: 'How many seconds the cookie lives; without it until the browser ends.',
  },
  'session-cookie-samesite': {
    ...common,
    type: oneOf(['None', 'Lax', 'Strict']),
    risk: 'Low',
    doc: 'SameSite of the cookie, in any case.',
  },
  'session-cookie-conditional-samesite-none': {
    ...common,
    type: bool,
    default: false,
    risk: 'Low',
    doc: 'Leaves out SameSite=None for browsers that do not know it.',
  },
  'session-cookie-secure': {
    ...common,
    type: bool,
    default: false,
    risk: 'Low',
    doc: 'Marks the cookie Secure over plain HTTP too; over HTTPS it always is.',
  },
  'session-cookie-change-on-failure': {
    ...common,
    type: bool,
    default: false,
    risk: 'Low',
    compat: 'differs',
    doc: 'true: a client whose pod could not be reached gets a new cookie. false: it keeps the cookie, and comes back to its pod. Either way the request that failed is tried on another pod, as proxy-next-upstream says; with false ingress-nginx tries the same one again.',
  },
} as const;

type SessionSettings = SettingsOf<typeof keys>;

/** Old versions of Chrome, iOS and Safari take None for Strict. */
const WITHOUT_NONE = [
  'Chrome/[456]',
  'CPU iPhone OS 12',
  'iPad; CPU OS 12',
  '^(?!.*Chrome)(?=.*Macintosh)(?=.*Safari).*Intel Mac OS X 10_14',
].join('|');

const isConditional = (settings: SessionSettings): boolean =>
  settings['session-cookie-samesite'] === 'None' && settings['session-cookie-conditional-samesite-none'];

const sameSite = (settings: SessionSettings, location: LocationDraft): Complex => {
  const word = settings['session-cookie-samesite'];
  if (word === undefined || !isConditional(settings)) return word === undefined ? '' : `; SameSite=${word}`;
  const lines = [{ default: '; SameSite=None' }, { matches: WITHOUT_NONE, value: '' }];
  return expr`${location.mapped(expr`${'http_user_agent'}`, lines)}`;
};

const secure = (settings: SessionSettings, location: LocationDraft): Complex => {
  if (settings['session-cookie-secure']) return '; Secure';
  return expr`${location.mapped(expr`${'scheme'}`, [{ default: '' }, { key: 'https', value: '; Secure' }])}`;
};

/** A regular expression would be the path of no request. */
const cookiePath = (settings: SessionSettings, path: string): string =>
  settings['session-cookie-path'] ?? (/^\/[A-Za-z0-9\-._~%/]*$/.test(path) ? path : '/');

const lifetime = (settings: SessionSettings): number | undefined =>
  settings['session-cookie-max-age'] ?? settings['session-cookie-expires'];

/** What follows the value of the cookie. */
const attributes = (settings: SessionSettings, path: string, location: LocationDraft): Complex => {
  const age = lifetime(settings);
  const domain = settings['session-cookie-domain'];
  return joined(
    age === undefined ? '' : `; Max-Age=${age}`,
    domain === undefined ? '' : `; Domain=${domain}`,
    `; Path=${path}`,
    secure(settings, location),
    '; HttpOnly',
    sameSite(settings, location),
  );
};

/** The cookie of a canary whose pods NGINX sets the cookie for: that of the main backend names other pods. */
const nameOf = (settings: SessionSettings, isCanary: boolean): string =>
  `${settings['session-cookie-name']}${isCanary ? '-canary' : ''}`;

/** A cookie of a session that a canary or main backend was drawn for: a key, and the upstream. */
const pinnedTo = (upstreams: readonly string[]): string => `\\|(?:${upstreams.join('|')})\\z`;

const isPersistent = (settings: SessionSettings): boolean => settings['affinity-mode'] === 'persistent';

/** In persistent mode each side has a cookie of its own, so that having one is being pinned. */
const bySideCookie = (settings: SessionSettings, split: SplitDraft): Complex => {
  const main = cookieValue(nameOf(settings, false), split);
  const canary = cookieValue(nameOf(settings, true), split);
  const otherwise = split.mapped(expr`${main}`, [{ default: split.choice }, { matches: '.', value: split.main }]);
  return expr`${split.mapped(expr`${canary}`, [{ default: expr`${otherwise}` }, { matches: '.', value: split.canary }])}`;
};

/** NGINX reads and sets the cookie in the upstream; routes that follow it say here what it reads. */
const emitPersistent = (settings: SessionSettings, location: LocationDraft): void => {
  location.add('set', 'pt_session', expr`${cookieValue(nameOf(settings, false), location)}`);
  if (!isConditional(settings)) return;
  const lines = [{ default: 'none' }, { matches: WITHOUT_NONE, value: '' }];
  location.add('set', 'pt_same_site', expr`${location.mapped(expr`${'http_user_agent'}`, lines)}`);
};

/** The cookie holds a key, by which pods are chosen, and the upstream that the client was drawn to. */
const emitBalanced = (
  settings: SessionSettings,
  location: LocationDraft,
  { own, path, choice, main, canary }: BackendFacts<typeof keys>,
): void => {
  const name = nameOf(settings, false);
  const cookie = expr`${cookieValue(name, location)}`;
  const isPinned = canary?.settings['affinity-canary-behavior'] === 'sticky';
  const rest = isPinned ? pinnedTo([main, canary.id]) : '';
  const key = location.mapped(cookie, [
    { default: expr`${'request_id'}` },
    { matches: `^(?<pt_session_key>[^|]+)${rest}`, value: expr`${'pt_session_key'}` },
  ]);
  location.add('set', 'pt_session', expr`${key}`);
  if (own.affinity !== 'cookie') return;
  const after = joined('|', choice, attributes(settings, cookiePath(own, path), location));
  const begun = joined(`${name}=`, expr`${'request_id'}`, after);
  const unlessKnown = location.mapped(cookie, [{ default: begun }, { matches: `^[^|]+${rest}`, value: '' }]);
  // Another key than the one that a new client was placed by.
  const changed = joined(`${name}=r`, expr`${'request_id'}`, after);
  const header = location.mapped(expr`${'upstream_addr'}`, [
    { default: expr`${unlessKnown}` },
    // What NGINX answers itself begins no session.
    { key: '', value: '' },
    ...(settings['session-cookie-change-on-failure'] ? [{ matches: ', ', value: changed }] : []),
  ]);
  location.addCookie(expr`${header}`);
};

/** Clients that keep their pods by a cookie. */
export const sessionAffinity = defineFamily({
  name: 'session-affinity',
  summary: 'Clients that keep their pods by a cookie.',
  keys,
  shape(settings, route) {
    if (settings.affinity === 'cookie') route.sessionCookiePath = cookiePath(settings, route.path);
  },
  shapeBackend(settings, backend) {
    if (settings.affinity !== 'cookie') return;
    backend.podsPerKey = isPersistent(settings) ? 0 : 1;
    backend.setsCookie = isPersistent(settings);
  },
  emitUpstream(settings, upstream) {
    if (settings.affinity !== 'cookie') return;
    if (upstream.hasNamedServers) return upstream.balance('hash', expr`${'pt_session'}`, 'consistent');
    if (upstream.cookiePath === undefined) return upstream.add('sticky', 'route', '$pt_session');
    const age = lifetime(settings) ?? 0;
    const domain = settings['session-cookie-domain'];
    const word = settings['session-cookie-samesite'];
    upstream.add(
      'sticky',
      'cookie',
      nameOf(settings, upstream.isCanary),
      ...(age > 0 ? [`expires=${age}s`] : []),
      ...(domain === undefined ? [] : [`domain=${domain}`]),
      `path=${upstream.cookiePath}`,
      ...(settings['session-cookie-secure'] ? ['secure'] : []),
      'httponly',
      ...(word === undefined ? [] : [`samesite=${isConditional(settings) ? '$pt_same_site' : word.toLowerCase()}`]),
    );
  },
  emitSplit(settings, split) {
    if (settings.affinity !== 'cookie' || settings['affinity-canary-behavior'] === 'legacy') return split.choice;
    if (isPersistent(settings)) return bySideCookie(settings, split);
    const { main, canary, choice } = split;
    return expr`${split.mapped(expr`${cookieValue(nameOf(settings, false), split)}`, [
      { default: choice },
      { matches: `^[^|]+${pinnedTo([main])}`, value: main },
      { matches: `^[^|]+${pinnedTo([canary])}`, value: canary },
    ])}`;
  },
  emitBackendLocation(settings, location, route) {
    if (settings.affinity !== 'cookie') return;
    if (isPersistent(settings)) emitPersistent(settings, location);
    else emitBalanced(settings, location, route);
  },
});
