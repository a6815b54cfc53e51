import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { createDefaultCertificate } from './default-certificate.ts';

const DAY = 24 * 60 * 60 * 1000;

describe('createDefaultCertificate', () => {
  it('issues what ingress-nginx issues', async () => {
    const { pem, names, notAfter } = await createDefaultCertificate();
    const certificate = new X509Certificate(pem.reveal());
    expect(certificate.subject).toBe('O=Acme Co\nCN=Kubernetes Ingress Controller Fake Certificate');
    expect(names).toEqual(['ingress.local']);
    expect(certificate.publicKey.asymmetricKeyDetails?.modulusLength).toBe(2048);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(Math.round((notAfter - certificate.validFromDate.getTime()) / DAY)).toBe(365);
    expect(createSecureContext({ cert: pem.reveal(), key: pem.reveal() })).toBeDefined();
  });
});
