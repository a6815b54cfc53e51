import { fail, ok, type Result } from '../values/result.ts';

/** OpenSSL's security level 2 refuses shorter ones; longer ones cost a processor more than they protect. */
const MIN_BITS = 2_048;
const MAX_BITS = 8_192;

const EXPECTED = `PEM parameters for Diffie-Hellman (BEGIN DH PARAMETERS) of ${MIN_BITS} to ${MAX_BITS} bits`;

const SEQUENCE = 0x30;
const INTEGER = 0x02;

interface Element {
  readonly content: Buffer;
  readonly rest: Buffer;
}

/** The DER element of this kind at the beginning; lengths in one, two or three bytes are enough here. */
const readElement = (bytes: Buffer, kind: number): Element | undefined => {
  const [found, length = 0] = bytes;
  const more = length < 0x80 ? 0 : length - 0x80;
  if (found !== kind || more > 2 || bytes.length < 2 + more) return undefined;
  const size = more === 0 ? length : bytes.readUIntBE(2, more);
  const begin = 2 + more;
  if (length === 0x80 || bytes.length < begin + size) return undefined;
  return { content: bytes.subarray(begin, begin + size), rest: bytes.subarray(begin + size) };
};

const isPrimeSized = (bytes: Buffer): boolean => {
  const digits = bytes.toString('hex').replace(/^0+/, '');
  const bits = digits === '' ? 0 : digits.length * 4 - Math.clz32(Number.parseInt(digits.slice(0, 1), 16)) + 28;
  const isOdd = ((bytes.at(-1) ?? 0) & 1) === 1;
  return isOdd && bits >= MIN_BITS && bits <= MAX_BITS && (bytes[0] ?? 0) < 0x80;
};

/** A generator of 0 or 1 would give everybody the same key. */
const isGenerator = (bytes: Buffer, prime: Buffer): boolean => {
  const hex = bytes.toString('hex').replace(/^0+/, '');
  return hex !== '' && hex !== '1' && bytes.length < prime.length && (bytes[0] ?? 0) < 0x80;
};

const isParameters = (der: Buffer): boolean => {
  const outer = readElement(der, SEQUENCE);
  if (outer === undefined || outer.rest.length > 0) return false;
  const prime = readElement(outer.content, INTEGER);
  const generator = prime === undefined ? undefined : readElement(prime.rest, INTEGER);
  if (prime === undefined || generator === undefined) return false;
  const hint = generator.rest.length === 0 || readElement(generator.rest, INTEGER)?.rest.length === 0;
  return hint && isPrimeSized(prime.content) && isGenerator(generator.content, prime.content);
};

/** Reads parameters for Diffie-Hellman as NGINX will; the PEM text is written anew from what was parsed. */
export const readDhParameters = (text: string): Result<string> => {
  const [, body = ''] = /-----BEGIN DH PARAMETERS-----([A-Za-z0-9+/=\s]+)-----END DH PARAMETERS-----/.exec(text) ?? [];
  const der = Buffer.from(body, 'base64');
  if (!isParameters(der)) return fail(EXPECTED);
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ok(['-----BEGIN DH PARAMETERS-----', ...lines, '-----END DH PARAMETERS-----', ''].join('\n'));
};
