import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { readKeyPair } from '../cluster/certificate.ts';
import type { KeyPair } from '../cluster/resources.ts';
import { invariant } from '../values/invariant.ts';
import { Redacted } from '../values/redacted.ts';
import { issueCertificate } from './issue-certificate.ts';

const DAY = 24 * 60 * 60 * 1000;

/** The certificate for hosts that have none, where the operator names no other: self-signed, as ingress-nginx makes it. */
export const createDefaultCertificate = async (): Promise<Extract<KeyPair, { valid: true }>> => {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const { cert, key } = issueCertificate({
    subject: { commonName: 'Kubernetes Ingress Controller Fake Certificate', organization: 'Acme Co' },
    names: ['ingress.local'],
    key: privateKey,
    notBefore: Date.now(),
    notAfter: Date.now() + 365 * DAY,
  });
  const pair = readKeyPair(cert, new Redacted(key));
  invariant(pair.valid, 'the certificate that we issue is valid');
  return pair;
};
