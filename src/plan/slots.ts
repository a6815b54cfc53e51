import type { Slots } from '../model/routing-model.ts';
import { fnv1a } from '../values/fnv.ts';

/** Spreads evenly: FNV-1a, then the last steps of MurmurHash3, which let every bit decide. */
const weight = (slot: number, address: string): number => {
  let hash = fnv1a(address, slot);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85_eb_ca_6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2_b2_ae_35);
  return (hash ^ (hash >>> 16)) >>> 0;
};

/**
 * Enough that 30 pods get even shares; each slot is one DNS name, which NGINX asks for once a second. Where slots have
 * several pods there are fewer: NGINX sorts 160 points for every pod of every slot again when one of them changes.
 */
const PLACES = 128;

/** The slots of a backend that is asked by a key, where requests with the same key go to so many pods. */
export const slotsFor = (pods: number): Slots => ({ count: Math.ceil(PLACES / pods), pods });

interface Candidate {
  readonly address: string;
  readonly weight: number;
}

const isBetter = (one: Candidate, other: Candidate): boolean =>
  one.weight > other.weight || (one.weight === other.weight && one.address < other.address);

/**
 * The addresses of a slot: so many with the greatest weights, so that an address that comes or goes moves nothing between
 * the others, and every replica chooses alike.
 */
export const slotAddresses = (slot: number, addresses: readonly string[], count: number): readonly string[] => {
  const best: Candidate[] = [];
  for (const address of addresses) {
    const candidate = { address, weight: weight(slot, address) };
    const place = best.findIndex((other) => isBetter(candidate, other));
    best.splice(place === -1 ? best.length : place, 0, candidate);
    if (best.length > count) best.pop();
  }
  return best.map(({ address }) => address);
};
