import { createPrivateKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { issueCertificate, type IssuedCertificate } from '../../src/cli/issue-certificate.ts';

/** What a test wants from its certificate; all but the names has a default. */
export interface CertificateWish {
  /** DNS names (SAN); empty for a certificate without SAN. */
  readonly names: readonly string[];
  /** Days of validity from now; negative for an expired one. */
  readonly days?: number;
  readonly commonName?: string;
  readonly keyType?: KeyType;
  /** A certificate made with `authority`; without one the certificate signs itself. */
  readonly issuer?: IssuedCertificate;
  readonly authority?: 'authority';
}

type KeyType = 'ec-p256' | 'rsa-2048' | 'rsa-1024' | 'rsa-8448';

const generate = promisify(generateKeyPair);

/** Making it takes 20 s. */
const LONG_KEY = new URL('rsa-8448.pem', import.meta.url);

const newKey = async (type: KeyType): Promise<KeyObject> => {
  if (type === 'rsa-8448') return createPrivateKey(readFileSync(LONG_KEY));
  const pair =
    type === 'ec-p256'
      ? await generate('ec', { namedCurve: 'prime256v1' })
      : await generate('rsa', { modulusLength: Number(type.slice(4)) });
  return pair.privateKey;
};

const DAY = 24 * 60 * 60 * 1000;

/** Makes a certificate and its key, both PEM: an EC key, valid for 30 days, unless asked otherwise. */
export const makeCertificate = async (wish: CertificateWish): Promise<IssuedCertificate> => {
  const { names, days = 30, commonName = names[0] ?? 'test', keyType = 'ec-p256', ...signing } = wish;
  const now = Date.now();
  return issueCertificate({
    subject: { commonName },
    names,
    key: await newKey(keyType),
    notBefore: now + Math.min(0, days) * DAY - DAY,
    notAfter: now + days * DAY,
    ...signing,
  });
};
