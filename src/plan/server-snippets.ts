import { isTuning } from '../annotations/snippet-text.ts';
import type { Site } from '../model/routing-model.ts';
import { encode, keyword } from '../nginx/argument.ts';
import { printSnippet, type SnippetDirective } from '../nginx/snippet.ts';
import type { Problem } from '../problems/problem.ts';
import { refParts, type ObjectRef } from '../values/object-ref.ts';
import { keyText, locationKeys } from './location-keys.ts';
import type { RouteSettings } from './sites.ts';

/** A problem of a server-snippet on one host. */
type HostProblem = Pick<Problem, 'code' | 'subject' | 'expected' | 'consequence'>;

/** Whose server-snippet a host has. */
export interface HostSnippet {
  /** The oldest Ingress with one that can stand there; absent where there is none. */
  readonly owner?: ObjectRef;
  /** Ingresses that ask for another one, which may hold what protects their routes. */
  readonly closed: ReadonlySet<ObjectRef>;
  readonly problems: readonly HostProblem[];
}

/** What one Ingress asks for. */
interface Wish {
  readonly origin: ObjectRef;
  readonly snippet: readonly SnippetDirective[];
}

/** The settings of each Ingress of the host that has routes there. */
const wishesOf = (site: Site<RouteSettings>): readonly Wish[] => {
  const byOrigin = new Map(site.routes.map(({ origin, settings }) => [origin, settings.values.snippets]));
  return site.origins.flatMap((origin) => {
    const snippet = byOrigin.get(origin)?.['server-snippet'] ?? [];
    return snippet.length > 0 ? [{ origin, snippet }] : [];
  });
};

/** What NGINX compares of a location; a regular expression is never the same as another. */
const locationText = ({ name, args: [first = '', second] }: SnippetDirective): string => {
  if (name !== 'location' || first.startsWith('~')) return '';
  const path = encode('locationPath', second ?? first);
  return keyText({ ...(first === '=' ? { modifier: keyword('=') } : {}), path, derived: false });
};

/** Locations of the server that do not come from its snippet. */
const locationsOf = (site: Site<RouteSettings>, healthPath: string): ReadonlySet<string> => {
  const keys = site.routes.flatMap((route) => {
    const found = locationKeys(route);
    return found.ok ? found.value.map(keyText) : [];
  });
  return new Set(
    site.host === '' ? [...keys, keyText({ path: encode('locationPath', healthPath), derived: false })] : keys,
  );
};

const sameText = (a: Wish, b: Wish): boolean =>
  printSnippet(a.snippet).join('\n') === printSnippet(b.snippet).join('\n');

const conflict = ({ origin }: Wish, expected: string, consequence: string): HostProblem => ({
  code: 'ServerSnippetConflict',
  subject: origin,
  expected,
  consequence,
});

const sharing = ({ origin }: Wish, site: Site<RouteSettings>): readonly HostProblem[] => {
  const { namespace } = refParts(origin);
  if (site.origins.every((other) => refParts(other).namespace === namespace)) return [];
  const expected = 'a host that no other namespace uses';
  return [{ code: 'ServerSnippetShared', subject: origin, expected, consequence: 'it holds for all its routes' }];
};

const refusal = (wish: Wish, owner: Wish, closing: string): HostProblem => {
  const { namespace, name } = refParts(owner.origin);
  const closes = isTuning(wish.snippet) ? '' : `, and on this host ${closing}`;
  const consequence = `the one of ${namespace}/${name} is served${closes}`;
  return conflict(wish, 'the same server-snippet in all Ingresses of a host', consequence);
};

/** Decides whose server-snippet a host has; `closing` says what becomes of those that would lose a protection. */
export const hostSnippet = (site: Site<RouteSettings>, healthPath: string, closing: string): HostSnippet => {
  const wishes = wishesOf(site);
  const taken = wishes.length === 0 ? new Set() : locationsOf(site, healthPath);
  const isImpossible = ({ snippet }: Wish): boolean => snippet.some((one) => taken.has(locationText(one)));
  const impossible = wishes.filter(isImpossible);
  const [owner, ...others] = wishes.filter((wish) => !isImpossible(wish));
  const refused = owner === undefined ? [] : others.filter((wish) => !sameText(wish, owner));
  const closed = [...impossible, ...refused.filter(({ snippet }) => !isTuning(snippet))];
  const consequence = `leaving out the snippet, and on this host ${closing}`;
  return {
    ...(owner === undefined ? {} : { owner: owner.origin }),
    closed: new Set(closed.map(({ origin }) => origin)),
    problems: [
      ...impossible.map((wish) => conflict(wish, 'locations that no rule has', consequence)),
      ...(owner === undefined
        ? []
        : [...refused.map((wish) => refusal(wish, owner, closing)), ...sharing(owner, site)]),
    ],
  };
};
