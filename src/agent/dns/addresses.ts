import { isIPv4 } from 'node:net';

/** Where a name leads. Both lists empty: there is such a name, but nobody is ready. */
export interface Addresses {
  readonly ipv4: readonly string[];
  readonly ipv6: readonly string[];
}

/**
 * The one address that fails at once, for every balancing method. An empty answer or NXDOMAIN would make NGINX
 * forget all peers and not ask again for 11 seconds.
 */
export const NOBODY: Addresses = { ipv4: ['255.255.255.255'], ipv6: [] };

/** The bytes of an address that was checked before. */
export const addressBytes = (address: string): readonly number[] =>
  isIPv4(address) ? address.split('.').map(Number) : ipv6Words(address).flatMap((word) => [word >> 8, word & 255]);

/** The eight 16-bit words of an IPv6 address. */
export const ipv6Words = (address: string): readonly number[] => {
  const [head = [], tail] = withoutDottedTail(address).split('::').map(words);
  if (tail === undefined) return head;
  return [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => 0), ...tail];
};

const words = (text: string): readonly number[] =>
  text === '' ? [] : text.split(':').map((word) => Number.parseInt(word, 16));

/** `::ffff:10.0.0.1` → `::ffff:a00:1`. */
const withoutDottedTail = (address: string): string => {
  const dotted = /\d+\.\d+\.\d+\.\d+$/.exec(address)?.[0];
  if (dotted === undefined) return address;
  const [a = 0, b = 0, c = 0, d = 0] = dotted.split('.').map(Number);
  return `${address.slice(0, -dotted.length)}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
};
