/** Spreads evenly: FNV-1a, then the last steps of MurmurHash3, which let every bit decide. */
const weight = (slot: number, address: string): number => {
  let hash = 0x81_1c_9d_c5 ^ slot;
  for (let index = 0; index < address.length; index += 1) {
    hash = Math.imul(hash ^ address.charCodeAt(index), 0x01_00_01_93);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85_eb_ca_6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2_b2_ae_35);
  return (hash ^ (hash >>> 16)) >>> 0;
};

/**
 * The address of a slot: that with the greatest weight, so that an address that comes or goes moves no slot between the
 * others, and every replica chooses alike. `undefined` where there is none.
 */
export const slotAddress = (slot: number, addresses: readonly string[]): string | undefined => {
  let best: { readonly address: string; readonly weight: number } | undefined;
  for (const address of addresses) {
    const candidate = { address, weight: weight(slot, address) };
    if (best === undefined || candidate.weight > best.weight) best = candidate;
  }
  return best?.address;
};
