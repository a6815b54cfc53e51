import { isIPv4, isIPv6 } from 'node:net';
import { fail, ok, type Result } from './result.ts';

const octets = (address: string): readonly number[] => {
  if (isIPv4(address)) return address.split('.').map(Number);
  const [head = '', tail = ''] = expandEmbedded(address).split('::');
  const words = (text: string): readonly string[] => (text === '' ? [] : text.split(':'));
  const missing = address.includes('::') ? 8 - words(head).length - words(tail).length : 0;
  const all = [...words(head), ...Array.from({ length: missing }, () => '0'), ...words(tail)];
  return all.flatMap((word) => [Number.parseInt(word, 16) >> 8, Number.parseInt(word, 16) & 255]);
};

/** `::ffff:192.0.2.1` with its last part as two words. */
const expandEmbedded = (address: string): string =>
  address.replace(/\d+\.\d+\.\d+\.\d+$/, (embedded) => {
    const [a = 0, b = 0, c = 0, d = 0] = embedded.split('.').map(Number);
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  });

const masked = (bytes: readonly number[], bits: number): readonly number[] =>
  bytes.map((byte, index) => byte & (0xff00 >> Math.min(8, Math.max(0, bits - index * 8))) & 255);

const format = (bytes: readonly number[]): string => {
  if (bytes.length === 4) return bytes.join('.');
  const words = Array.from({ length: 8 }, (_, i) =>
    (((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)).toString(16),
  );
  return new URL(`http://[${words.join(':')}]/`).hostname.slice(1, -1);
};

/** NGINX takes it for no address at all and refuses to load; nobody has it. */
const BROADCAST = '255.255.255.255';

const withPrefix = (address: string, prefix: string): Result<string> => {
  const width = isIPv4(address) ? 32 : 128;
  if (!/^(0|[1-9]\d{0,2})$/.test(prefix) || Number(prefix) > width) return fail(EXPECTED);
  const network = format(masked(octets(address), Number(prefix)));
  return ok(Number(prefix) === width ? network : `${network}/${prefix}`);
};

const EXPECTED = 'an IP address or network';

/**
 * Parses an IPv4 or IPv6 address or network into network form (`10.1.2.3/8` → `10.0.0.0/8`); two texts that mean the
 * same give the same.
 */
export const parseCidr = (text: string): Result<string> => {
  const [address = '', prefix, ...more] = text.split('/');
  if (more.length > 0 || !(isIPv4(address) || isIPv6(address)) || address.includes('%')) return fail(EXPECTED);
  const parsed = prefix === undefined ? ok(format(octets(address))) : withPrefix(address, prefix);
  return parsed.ok && parsed.value === BROADCAST ? fail(EXPECTED) : parsed;
};
