import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { Redacted } from '../values/redacted.ts';
import { fail, ok, type Result } from '../values/result.ts';
import type { Authorities, KeyPair } from './resources.ts';

/** OpenSSL's security level 2, the default of the distributions, refuses shorter ones. */
const MIN_RSA_BITS = 2048;
/** A worker signs each handshake, and does nothing else meanwhile: 16384 bits take it half a second. */
const MAX_RSA_BITS = 8192;

/** The text from each such BEGIN line to the next BEGIN line. */
export const pemBlocks = (text: string, label: RegExp): readonly string[] =>
  text
    .split('-----BEGIN ')
    .filter((block) => label.test(block))
    .map((block) => `-----BEGIN ${block}`);

const readChain = (text: string): Result<readonly [X509Certificate, ...X509Certificate[]]> => {
  try {
    const [leaf, ...chain] = pemBlocks(text, /^(X509 )?CERTIFICATE-----/).map((block) => new X509Certificate(block));
    return leaf === undefined ? fail('a PEM certificate in tls.crt') : ok([leaf, ...chain]);
  } catch {
    return fail('valid PEM certificates in tls.crt');
  }
};

const readKey = (text: string): Result<KeyObject> => {
  const [block] = pemBlocks(text, /^[A-Z0-9 ]*PRIVATE KEY-----/);
  if (block === undefined) return fail('a PEM private key in tls.key');
  try {
    return ok(createPrivateKey(block));
  } catch {
    return fail('a valid, unencrypted PEM private key in tls.key');
  }
};

/** Node separates entries by `, ` and prints those with unusual characters as JSON text. */
const dnsNamesOf = (subjectAltName: string): readonly string[] =>
  [...subjectAltName.matchAll(/([^:,]+):("(?:[^"\\]|\\.)*"|[^,"]*)(?:, |$)/gy)]
    .filter(([, type]) => type === 'DNS')
    .map(([, , value = '']) => value);

const commonNames = (certificate: X509Certificate): readonly string[] => {
  const [, name] = /^CN=(.*)$/m.exec(certificate.subject) ?? [];
  return name === undefined ? [] : [name];
};

const namesOf = (certificate: X509Certificate): readonly string[] => {
  const { subjectAltName } = certificate;
  const names = subjectAltName === undefined ? commonNames(certificate) : dnsNamesOf(subjectAltName);
  return names
    .map((name) => name.toLowerCase())
    .filter((name) => /^(\*\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/.test(name));
};

const weakness = (leaf: X509Certificate, key: KeyObject): string | undefined => {
  if (!leaf.checkPrivateKey(key)) return 'a private key in tls.key that belongs to the first certificate in tls.crt';
  const bits = key.asymmetricKeyDetails?.modulusLength;
  if (bits === undefined || (bits >= MIN_RSA_BITS && bits <= MAX_RSA_BITS)) return undefined;
  return `a private key of ${MIN_RSA_BITS} to ${MAX_RSA_BITS} bits`;
};

/**
 * Reads a TLS key pair as NGINX will: every certificate parses, the leaf comes first, the key belongs to it. The PEM
 * text is written anew from what was parsed, so nothing else that stood in the values reaches NGINX.
 */
export const readKeyPair = (crt: string | undefined, key: Redacted | undefined): KeyPair => {
  if (crt === undefined || key === undefined) return { valid: false, reason: 'the keys tls.crt and tls.key' };
  const chain = readChain(crt);
  if (!chain.ok) return { valid: false, reason: chain.error };
  const privateKey = readKey(key.reveal());
  if (!privateKey.ok) return { valid: false, reason: privateKey.error };
  const [leaf] = chain.value;
  const reason = weakness(leaf, privateKey.value);
  if (reason !== undefined) return { valid: false, reason };
  const keyText = privateKey.value.export({ type: 'pkcs8', format: 'pem' }).toString();
  return {
    valid: true,
    pem: new Redacted(chain.value.map(String).join('') + keyText),
    names: namesOf(leaf),
    notAfter: leaf.validToDate.getTime(),
  };
};

/** Reads the authorities that others are verified by, as NGINX will; the PEM text is written anew from what was parsed. */
export const readAuthorities = (text: string | undefined): Authorities => {
  if (text === undefined) return { kind: 'absent' };
  const found = readChain(text);
  if (!found.ok) return { kind: 'malformed' };
  return { kind: 'valid', pem: new Redacted([...new Set(found.value.map(String))].join('')) };
};

/** Whether a certificate with these names (as `readKeyPair` returns them) is valid for the host, itself maybe a wildcard. */
export const certificateCovers = (names: readonly string[], host: string): boolean => {
  const wanted = host.toLowerCase();
  return names.includes(wanted) || names.includes(wanted.replace(/^[^.]+/, '*'));
};
