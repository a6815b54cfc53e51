import type { ValueType } from '../../src/annotations/value-types.ts';
import { hostileStrings } from './hostile-strings.ts';

const NUMBERS = [
  0,
  1,
  2,
  3,
  4,
  7,
  8,
  9,
  10,
  31,
  63,
  64,
  100,
  255,
  256,
  300,
  404,
  499,
  500,
  503,
  511,
  512,
  599,
  1000,
  1023,
  1024,
  4096,
  10_000,
  16_384,
  32_768,
  65_535,
  1_048_576,
  2_000_000,
  1e9,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32,
  2 ** 53,
];

const UNITS = ['', 'k', 'm', 'g', 's', 'h', 'd', 'ms', 'K', 'M', 'r/s', 'w'];

const WORDS = [
  'true',
  'false',
  'on',
  'off',
  'auto',
  'default',
  'none',
  'all',
  'any',
  '*',
  '/',
  '$host',
  '$remote_addr',
  'error timeout',
  '0.0.0.0/0',
  '::/0',
  '127.0.0.1',
  '::1',
  '10.0.0.0/8,2001:db8::/32',
  'unix:',
  'text/html',
  'text/html text/plain',
  'a',
  'A-Z',
  'X-A',
  'HIGH',
  'DEFAULT',
  'HIGH:!aNULL:!MD5',
  'DEFAULT:@SECLEVEL=2',
  'ECDHE:@STRENGTH',
  'AESGCM:!ECDHE:!DHE:!RSA',
  'HIGH:!kRSA:!CBC',
  'TLSv1',
  'TLSv1.3',
  'TLSv1 TLSv1.1 TLSv1.2 TLSv1.3',
];

const numbersIn = (label: string): readonly number[] => [...label.matchAll(/\d+/g)].map(([digits]) => Number(digits));

/** Texts that a grammar may accept: its examples, the limits that its label names, and what other grammars accept. */
const candidates = ({ label, examples }: ValueType<unknown>): readonly string[] => {
  const numbers = [...numbersIn(label), ...NUMBERS];
  const sizes = numbers.flatMap((number) => UNITS.map((unit) => `${number}${unit}`));
  const pairs = [1, 4, 8, 1000].flatMap((count) => ['512', '1k', '8k', '1m'].map((size) => `${count} ${size}`));
  return [...new Set([...examples, ...sizes, ...pairs, ...WORDS, ...hostileStrings])];
};

/** Those of them that the grammar accepts. */
export const acceptedValues = (type: ValueType<unknown>): readonly string[] =>
  candidates(type).filter((text) => type.parse(text.trim()).ok);
