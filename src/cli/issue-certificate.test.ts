import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { makeCertificate } from '../../test/support/certificates.ts';

describe('issueCertificate', () => {
  it('signs with the key of the issuer', async () => {
    const authority = await makeCertificate({ names: [], commonName: 'CA', authority: 'authority', days: 20_000 });
    const leaf = await makeCertificate({ names: ['a.example'], issuer: authority, keyType: 'rsa-2048' });
    const [issuer, certificate] = [new X509Certificate(authority.cert), new X509Certificate(leaf.cert)];
    expect(issuer.ca).toBe(true);
    expect(certificate.ca).toBe(false);
    expect(certificate.checkIssued(issuer)).toBe(true);
    expect(certificate.verify(issuer.publicKey)).toBe(true);
    expect(certificate.verify(certificate.publicKey)).toBe(false);
  });

  it.each([
    ['UTCTime until 2049', 365],
    ['GeneralizedTime from 2050 on', 20_000],
  ])('writes dates as %s', async (_, days) => {
    const { cert } = await makeCertificate({ names: ['a.example'], days });
    const end = new X509Certificate(cert).validToDate.getTime();
    expect(Math.abs(end - Date.now() - days * 24 * 60 * 60 * 1000)).toBeLessThan(60_000);
  });

  it('writes names of any length', async () => {
    const names = Array.from({ length: 300 }, (_, index) => `host-${index}.${'x'.repeat(60)}.example`);
    const { cert } = await makeCertificate({ names });
    expect(new X509Certificate(cert).checkHost(names[299] ?? '')).toBe(names[299]);
  });
});
