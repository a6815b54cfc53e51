import { fail, ok, type Result } from '../values/result.ts';
import { INTEGER, readValues, SEQUENCE, type DerValue } from './der.ts';

/** OpenSSL's security level 2 refuses shorter ones; longer ones cost a processor more than they protect. */
const MIN_BITS = 2_048;
const MAX_BITS = 8_192;

const EXPECTED = `PEM parameters for Diffie-Hellman (BEGIN DH PARAMETERS) of ${MIN_BITS} to ${MAX_BITS} bits`;

/** The values in a SEQUENCE that stands alone; none where the bytes are something else. */
const partsOf = (bytes: Uint8Array): readonly DerValue[] => {
  const [value, ...others] = readValues(bytes) ?? [];
  return value?.tag === SEQUENCE && others.length === 0 ? (readValues(value.content) ?? []) : [];
};

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').replace(/^0+/, '');

const isPrimeSized = (bytes: Uint8Array): boolean => {
  const digits = hexOf(bytes);
  const bits = digits === '' ? 0 : digits.length * 4 - Math.clz32(Number.parseInt(digits.slice(0, 1), 16)) + 28;
  const isOdd = ((bytes.at(-1) ?? 0) & 1) === 1;
  return isOdd && bits >= MIN_BITS && bits <= MAX_BITS && (bytes[0] ?? 0) < 0x80;
};

/** A generator of 0 or 1 would give everybody the same key. */
const isGenerator = (bytes: Uint8Array, prime: Uint8Array): boolean => {
  const hex = hexOf(bytes);
  return hex !== '' && hex !== '1' && bytes.length < prime.length && (bytes[0] ?? 0) < 0x80;
};

/** A prime, a generator, and maybe a hint of how long a private number should be. */
const isParameters = (der: Uint8Array): boolean => {
  const parts = partsOf(der);
  const [prime, generator] = parts;
  if (prime === undefined || generator === undefined || parts.length > 3) return false;
  const areNumbers = parts.every(({ tag }) => tag === INTEGER);
  return areNumbers && isPrimeSized(prime.content) && isGenerator(generator.content, prime.content);
};

/** Reads parameters for Diffie-Hellman as NGINX will; the PEM text is written anew from what was parsed. */
export const readDhParameters = (text: string): Result<string> => {
  const [, body = ''] = /-----BEGIN DH PARAMETERS-----([A-Za-z0-9+/=\s]+)-----END DH PARAMETERS-----/.exec(text) ?? [];
  const der = Buffer.from(body, 'base64');
  if (!isParameters(der)) return fail(EXPECTED);
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ok(['-----BEGIN DH PARAMETERS-----', ...lines, '-----END DH PARAMETERS-----', ''].join('\n'));
};
