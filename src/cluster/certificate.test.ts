import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { makeCertificate } from '../../test/support/certificates.ts';
import { Redacted } from '../values/redacted.ts';
import { certificateCovers, readAuthorities, readKeyPair } from './certificate.ts';

const authority = await makeCertificate({ names: [], commonName: 'Test authority', authority: 'authority' });
const leaf = await makeCertificate({ names: ['A.example', '*.b.example'], issuer: authority, days: 10 });
const stranger = await makeCertificate({ names: ['other.example'] });

const read = (crt: string | undefined, key: string | undefined) =>
  readKeyPair(crt, key === undefined ? undefined : new Redacted(key));

const valid = (crt: string, key: string) => {
  const pair = read(crt, key);
  if (!pair.valid) throw new Error(pair.reason);
  return pair;
};

describe('readKeyPair', () => {
  it('keeps the chain in order, then the key', () => {
    const pem = valid(leaf.cert + authority.cert, leaf.key).pem.reveal();
    expect(pem).toBe(leaf.cert + authority.cert + leaf.key);
  });

  it('writes nothing but what it parsed', () => {
    const noise = `ssl on;\n${leaf.cert}\n} evil {\n${authority.key}`;
    const pem = valid(noise, `# my key\n${leaf.key}trailing`).pem.reveal();
    expect(pem).toBe(leaf.cert + leaf.key);
  });

  it('lower-cases the DNS names and knows when they end', () => {
    const pair = valid(leaf.cert, leaf.key);
    expect(pair.names).toEqual(['a.example', '*.b.example']);
    expect(pair.notAfter).toBe(new X509Certificate(leaf.cert).validToDate.getTime());
  });

  it('takes the common name only where there is no SAN', async () => {
    const old = await makeCertificate({ names: [], commonName: 'Old.example' });
    const both = await makeCertificate({ names: ['new.example'], commonName: 'old.example' });
    expect(valid(old.cert, old.key).names).toEqual(['old.example']);
    expect(valid(both.cert, both.key).names).toEqual(['new.example']);
  });

  it('takes no name out of the middle of another one', async () => {
    const sly = await makeCertificate({ names: ['x, DNS:bank.example', 'good.example', '*'] });
    expect(valid(sly.cert, sly.key).names).toEqual(['good.example']);
  });

  it('reads keys in the traditional formats', () => {
    const key = createPrivateKey(leaf.key).export({ type: 'sec1', format: 'pem' }).toString();
    const parameters = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n';
    expect(valid(leaf.cert, parameters + key).pem.reveal()).toBe(leaf.cert + leaf.key);
  });

  it('accepts an expired certificate, whose dates are judged elsewhere', async () => {
    const expired = await makeCertificate({ names: ['a.example'], days: -3 });
    expect(valid(expired.cert, expired.key).notAfter).toBeLessThan(Date.now());
  });

  const encrypted = createPrivateKey(leaf.key)
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
    .toString();
  const truncated = leaf.cert.slice(0, 200);

  const missing = 'the keys tls.crt and tls.key';
  const brokenChain = 'valid PEM certificates in tls.crt';
  const brokenKey = 'a valid, unencrypted PEM private key in tls.key';
  const foreignKey = 'a private key in tls.key that belongs to the first certificate in tls.crt';
  const { cert, key } = leaf;

  it.each([
    { where: 'the certificate is missing', crt: undefined, key, reason: missing },
    { where: 'the key is missing', crt: cert, key: undefined, reason: missing },
    { where: 'the certificate is no PEM', crt: 'hello', key, reason: 'a PEM certificate in tls.crt' },
    { where: 'the certificate is cut off', crt: truncated, key, reason: brokenChain },
    { where: 'the chain is cut off', crt: cert + truncated, key, reason: brokenChain },
    { where: 'the key is no PEM', crt: cert, key: 'hello', reason: 'a PEM private key in tls.key' },
    { where: 'the key is cut off', crt: cert, key: key.slice(0, 100), reason: brokenKey },
    { where: 'the key is encrypted', crt: cert, key: encrypted, reason: brokenKey },
    { where: 'the key is of another certificate', crt: cert, key: stranger.key, reason: foreignKey },
    { where: 'the leaf is not first', crt: authority.cert + cert, key, reason: foreignKey },
  ])('says what is expected where $where', ({ crt, key, reason }) => {
    expect(read(crt, key)).toEqual({ valid: false, reason });
  });

  it('refuses a key that is too short for TLS', async () => {
    const weak = await makeCertificate({ names: ['a.example'], keyType: 'rsa-1024' });
    expect(read(weak.cert, weak.key)).toEqual({ valid: false, reason: 'a private key of 2048 to 8192 bits' });
    expect(() => createSecureContext({ cert: weak.cert, key: weak.key })).toThrow('key too small');
  });

  it('refuses a key that takes a worker long for each handshake', async () => {
    const slow = await makeCertificate({ names: ['a.example'], keyType: 'rsa-8448' });
    expect(read(slow.cert, slow.key)).toEqual({ valid: false, reason: 'a private key of 2048 to 8192 bits' });
  });

  it('does not show the key when it is printed', () => {
    const pair = valid(leaf.cert, leaf.key);
    const secret = leaf.key.split('\n')[1] ?? '';
    expect(JSON.stringify(pair) + inspect(pair, { depth: 9, showHidden: true })).not.toContain(secret);
  });

  it('survives a megabyte of PEM-like noise', () => {
    expect(read('-----BEGIN CERTIFICATE-----'.repeat(40_000), leaf.key).valid).toBe(false);
  });
});

describe('readAuthorities', () => {
  it('keeps each certificate once, and nothing else', () => {
    const found = readAuthorities(`ssl on;\n${authority.cert}${authority.key}${stranger.cert}${authority.cert}`);
    expect(found.kind === 'valid' && found.pem.reveal()).toBe(authority.cert + stranger.cert);
  });

  it.each([
    ['nothing', undefined, 'absent'],
    ['an empty text', '', 'malformed'],
    ['a key', authority.key, 'malformed'],
    ['one bad certificate among good ones', `${authority.cert}-----BEGIN CERTIFICATE-----\nAAAA\n`, 'malformed'],
  ])('takes no authority from %s', (_, text, kind) => {
    expect(readAuthorities(text)).toEqual({ kind });
  });
});

describe('certificateCovers', () => {
  const names = ['a.example', '*.b.example'];
  it.each([
    ['a.example', true],
    ['A.Example', true],
    ['x.b.example', true],
    ['*.b.example', true],
    ['b.example', false],
    ['x.y.b.example', false],
    ['x.a.example', false],
    ['*.a.example', false],
    ['', false],
  ])('says for %j: %j', (host, covered) => {
    expect(certificateCovers(names, host)).toBe(covered);
  });
});
