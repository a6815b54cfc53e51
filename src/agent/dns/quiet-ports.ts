import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';

const HIGHEST = 65_535;
const WIDE_ENOUGH = 1_000;
const ANY_PORT = 0;

/**
 * Ports to try, in random order: above those that the kernel gives to outgoing connections. A busy NGINX on the same
 * address had one of 16 taken in the second that an agent needs to restart.
 */
export const quietPorts = async (count: number): Promise<readonly number[]> => {
  const range = await readFile('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').catch(() => '');
  const first = firstQuietPort(range);
  return Array.from({ length: count }, () => (first === undefined ? ANY_PORT : randomInt(first, HIGHEST + 1)));
};

/** The first port above the range of outgoing connections; nothing where hardly any is left. */
export const firstQuietPort = (range: string): number | undefined => {
  const last = Number(range.trim().split(/\s+/)[1] ?? HIGHEST);
  return last <= HIGHEST - WIDE_ENOUGH ? last + 1 : undefined;
};
