import { Resolver } from 'node:dns/promises';
import { isIP, isIPv4 } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { hasCode } from '../../values/thrown.ts';
import type { Addresses } from './addresses.ts';
import { allowedAddresses, ownAddresses } from './allowed-addresses.ts';

type Found = readonly { readonly address: string; readonly ttl: number }[];

/** The part of `node:dns` that is needed. */
export interface Upstream {
  resolve4(host: string, options: { readonly ttl: true }): Promise<Found>;
  resolve6(host: string, options: { readonly ttl: true }): Promise<Found>;
}

/** What external names need of their surroundings. */
export interface ExternalNamesOptions {
  readonly connect: () => Upstream;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  readonly own: () => readonly string[];
}

interface Known {
  /** Absent: never resolved so far. */
  readonly addresses?: Addresses;
  readonly expires: number;
}

/** NGINX waits one second; what comes later helps the next question. */
const PATIENCE_MS = 700;
const SHORTEST_MS = 1_000;

const systemResolver: ExternalNamesOptions = {
  connect: () => new Resolver({ timeout: 1_000, tries: 2 }),
  now: () => performance.now(),
  own: ownAddresses,
};

/** Names outside the cluster, resolved as this machine resolves them and remembered as long as their TTL says. */
export class ExternalNames {
  readonly #options: ExternalNamesOptions;
  #upstream: Upstream;
  readonly #known = new Map<string, Known>();
  readonly #asking = new Map<string, Promise<void>>();

  constructor(options: ExternalNamesOptions = systemResolver) {
    this.#options = options;
    this.#upstream = options.connect();
  }

  /** Where a host leads; the last good addresses while nobody answers; nothing where nobody ever did. */
  async find(host: string): Promise<Addresses | undefined> {
    if (isIP(host) !== 0) return this.#allowed(isIPv4(host) ? { ipv4: [host], ipv6: [] } : { ipv4: [], ipv6: [host] });
    const known = this.#known.get(host);
    if (known !== undefined && this.#options.now() < known.expires) return known.addresses;
    const patience = new AbortController();
    await Promise.race([this.#ask(host), pause(PATIENCE_MS, undefined, patience).catch(() => undefined)]);
    patience.abort();
    return this.#known.get(host)?.addresses;
  }

  /** Forgets all other hosts. */
  retain(hosts: ReadonlySet<string>): void {
    for (const host of this.#known.keys()) if (!hosts.has(host)) this.#known.delete(host);
  }

  /** One question a host at a time, however many names lead there. */
  #ask(host: string): Promise<void> {
    const running = this.#asking.get(host) ?? this.#refresh(host).finally(() => this.#asking.delete(host));
    this.#asking.set(host, running);
    return running;
  }

  async #refresh(host: string): Promise<void> {
    const [ipv4, ipv6] = await Promise.all([
      unlessFailed(this.#upstream.resolve4(host, { ttl: true })),
      unlessFailed(this.#upstream.resolve6(host, { ttl: true })),
    ]);
    // The next question goes by resolv.conf as it is then.
    if (ipv4 === undefined || ipv6 === undefined) this.#upstream = this.#options.connect();
    const last = this.#known.get(host)?.addresses;
    const addresses = ipv4 === undefined && ipv6 === undefined ? last : this.#merge({ ipv4, ipv6 }, last);
    const lifetimes = [...(ipv4 ?? []), ...(ipv6 ?? [])].map(({ ttl }) => ttl * 1_000);
    const lifetime = lifetimes.length === 0 ? SHORTEST_MS : Math.max(SHORTEST_MS, Math.min(...lifetimes));
    this.#known.set(host, { ...(addresses && { addresses }), expires: this.#options.now() + lifetime });
  }

  #merge(found: Families, last: Addresses | undefined): Addresses {
    return this.#allowed({
      ipv4: found.ipv4?.map(({ address }) => address) ?? last?.ipv4 ?? [],
      ipv6: found.ipv6?.map(({ address }) => address) ?? last?.ipv6 ?? [],
    });
  }

  #allowed({ ipv4, ipv6 }: Addresses): Addresses {
    const own = this.#options.own();
    return { ipv4: allowedAddresses(ipv4, own), ipv6: allowedAddresses(ipv6, own) };
  }
}

interface Families {
  readonly ipv4: Found | undefined;
  readonly ipv6: Found | undefined;
}

/** "There is no such name" and "no address of this family" are answers; anything else is none. */
const unlessFailed = async (asked: Promise<Found>): Promise<Found | undefined> => {
  try {
    return await asked;
  } catch (error) {
    return hasCode(error, 'ENOTFOUND', 'ENODATA', 'EBADNAME') ? [] : undefined;
  }
};
