import { BlockList, isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Where a name outside the cluster may never lead: this machine, its link, everybody. */
const FORBIDDEN = [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 4],
  ['255.255.255.255', 32],
  ['::', 128],
  ['::1', 128],
  ['fe80::', 10],
  ['ff00::', 8],
] as const;

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv4(address) ? 'ipv4' : 'ipv6');

const forbidden = new BlockList();
for (const [network, prefix] of FORBIDDEN) forbidden.addSubnet(network, prefix, familyOf(network));

/** The addresses of this machine. */
export const ownAddresses = (): readonly string[] =>
  Object.values(networkInterfaces()).flatMap((entries) => (entries ?? []).map(({ address }) => address));

/** Drops addresses that would turn a name chosen by a tenant into a way to this machine's own services. */
export const allowedAddresses = (addresses: readonly string[], own: readonly string[]): readonly string[] => {
  const mine = new BlockList();
  for (const address of own) mine.addAddress(address, familyOf(address));
  return addresses.filter(
    (address) => !forbidden.check(address, familyOf(address)) && !mine.check(address, familyOf(address)),
  );
};
