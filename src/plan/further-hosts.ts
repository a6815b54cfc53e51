import { eachFamily } from '../annotations/each-family.ts';
import type { Settings } from '../annotations/index.ts';
import type { HostDraft } from '../model/route-draft.ts';
import type { Problem } from '../problems/problem.ts';
import type { ParsedIngress } from './parse-ingress.ts';
import { byAge } from './select.ts';
import type { SiteDraft } from './sites.ts';

/** Each alias has all paths of its host: 50 of 1,000 paths took a plan minutes. */
const MAX_PATHS = 5_000;

/** A name that redirects to a host, at the wish of one of its Ingresses. */
export interface HostRedirect {
  readonly from: string;
  readonly to: SiteDraft;
  readonly owner: ParsedIngress;
}

/** Hosts that no rule names. */
export interface FurtherHosts {
  /** Sites with the routes of the host whose further names they are. */
  readonly aliases: readonly SiteDraft[];
  readonly redirects: readonly HostRedirect[];
  readonly problems: readonly Problem[];
}

/** What the settings of an Ingress say about its hosts. */
export const shapeHost = (settings: Settings): HostDraft => {
  const draft: HostDraft = { aliases: [], redirectsWww: false, passesThrough: false };
  eachFamily(settings, (family, own) => family.shapeHost?.(own, draft));
  return draft;
};

const counterpartOf = (host: string): string => (host.startsWith('www.') ? host.slice(4) : `www.${host}`);

/** What one Ingress of a host wishes. */
interface HostWish {
  readonly site: SiteDraft;
  readonly owner: ParsedIngress;
  readonly draft: HostDraft;
}

const wishesOf = (sites: ReadonlyMap<string, SiteDraft>): readonly HostWish[] =>
  [...sites.values()]
    .filter(({ host }) => host !== '')
    .flatMap((site) => site.members.map((owner) => ({ site, owner, draft: shapeHost(owner.settings) })))
    .toSorted((a, b) => byAge(a.owner.ingress, b.owner.ingress));

/** Gives further names to hosts, to each once. */
class FurtherNames {
  readonly aliases = new Map<string, SiteDraft>();
  readonly redirects = new Map<string, HostRedirect>();
  readonly problems: Problem[] = [];
  readonly #sites: ReadonlyMap<string, SiteDraft>;
  /** Whose aliases a host has. */
  readonly #givers = new Map<SiteDraft, ParsedIngress>();

  constructor(sites: ReadonlyMap<string, SiteDraft>) {
    this.#sites = sites;
  }

  addAliases({ site, owner, draft }: HostWish): void {
    if (draft.aliases.length === 0) return;
    const giver = this.#givers.get(site) ?? owner;
    this.#givers.set(site, giver);
    const most = Math.floor(MAX_PATHS / Math.max(1, site.routes.size));
    for (const [index, alias] of draft.aliases.entries()) {
      if (giver !== owner || this.#isTaken(alias)) this.#report(owner, alias, 'leaving out the alias');
      else if (index >= most) this.#reportLimit(owner, alias);
      else this.aliases.set(alias, { ...site, host: alias });
    }
  }

  addRedirect({ site, owner, draft }: HostWish): void {
    const from = counterpartOf(site.host);
    if (!draft.redirectsWww || site.host.startsWith('*.') || this.redirects.get(from)?.to === site) return;
    if (this.#isTaken(from)) this.#report(owner, from, 'leaving out the redirect');
    else this.redirects.set(from, { from, to: site, owner });
  }

  #isTaken(host: string): boolean {
    return [this.#sites, this.aliases, this.redirects].some((taken) => taken.has(host));
  }

  #reportLimit(owner: ParsedIngress, alias: string): void {
    this.problems.push({
      code: 'LimitExceeded',
      subject: owner.ingress.ref,
      field: ['metadata', 'annotations'],
      expected: `at most ${MAX_PATHS} paths in all aliases of a host`,
      received: alias,
      consequence: 'leaving out the alias',
    });
  }

  #report(owner: ParsedIngress, host: string, consequence: string): void {
    this.problems.push({
      code: 'HostPathConflict',
      subject: owner.ingress.ref,
      field: ['metadata', 'annotations'],
      expected: 'a further host that no Ingress has',
      received: host,
      consequence,
    });
  }
}

/**
 * What the Ingresses of each host wish, oldest Ingress first: a host of a rule wins over every alias, an alias over
 * every redirect, and among equals the older.
 */
export const furtherHosts = (sites: ReadonlyMap<string, SiteDraft>): FurtherHosts => {
  const wishes = wishesOf(sites);
  const names = new FurtherNames(sites);
  for (const wish of wishes) names.addAliases(wish);
  for (const wish of wishes) names.addRedirect(wish);
  return { aliases: [...names.aliases.values()], redirects: [...names.redirects.values()], problems: names.problems };
};
