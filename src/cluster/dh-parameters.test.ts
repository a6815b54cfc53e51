import { getDiffieHellman } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { readDhParameters } from './dh-parameters.ts';

const element = (kind: number, content: Buffer): Buffer => {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(content.length);
  const head = content.length < 0x80 ? [kind, content.length] : [kind, 0x82, ...length];
  return Buffer.concat([Buffer.from(head), content]);
};
const integer = (content: Buffer): Buffer =>
  element(0x02, (content[0] ?? 0) < 0x80 ? content : Buffer.concat([Buffer.from([0]), content]));
const sequence = (...parts: readonly Buffer[]): Buffer => element(0x30, Buffer.concat(parts));
const pem = (der: Buffer, label = 'DH PARAMETERS'): string =>
  `-----BEGIN ${label}-----\n${der.toString('base64')}\n-----END ${label}-----\n`;

const prime = getDiffieHellman('modp14').getPrime();
const two = Buffer.from([2]);
const good = sequence(integer(prime), integer(two));

describe('parameters for Diffie-Hellman', () => {
  test.each<readonly [string, string]>([
    ['in one line', pem(good)],
    ['with the length of private values', pem(sequence(integer(prime), integer(two), integer(Buffer.from([1, 0]))))],
    ['of 4096 bits', pem(sequence(integer(getDiffieHellman('modp16').getPrime()), integer(two)))],
    ['between other text', `user text\n${pem(good)}more text`],
  ])('%s are read', (_, text) => {
    const read = readDhParameters(text);
    expect(read.ok && read.value).toMatch(
      /^-----BEGIN DH PARAMETERS-----\n([\w+/=]{1,64}\n)+-----END DH PARAMETERS-----\n$/,
    );
  });

  test.each<readonly [string, string]>([
    ['nothing', ''],
    ['an empty block', pem(Buffer.alloc(0))],
    ['no DER', pem(Buffer.from('hello, world'))],
    ['1536 bits', pem(sequence(integer(getDiffieHellman('modp5').getPrime()), integer(two)))],
    ['a prime that is even', pem(sequence(integer(Buffer.concat([prime.subarray(0, -1), two])), integer(two)))],
    ['a negative prime', pem(sequence(element(0x02, prime), integer(two)))],
    ['the generator 1', pem(sequence(integer(prime), integer(Buffer.from([1]))))],
    ['no generator', pem(sequence(integer(prime)))],
    ['something behind the sequence', pem(Buffer.concat([good, two]))],
    ['a length beyond the end', pem(good.subarray(0, -2))],
    ['a length of unknown size', pem(Buffer.concat([Buffer.from([0x30, 0x80]), good]))],
    ['another kind of parameters', pem(good, 'X9.42 DH PARAMETERS')],
  ])('are not %s', (_, text) => {
    expect(readDhParameters(text).ok).toBe(false);
  });
});
