import { createPrivateKey, sign, X509Certificate } from 'node:crypto';
import { bitString, der, objectIdentifier, sequence, time, utf8 } from '../../src/cli/der.ts';
import type { IssuedCertificate } from '../../src/cli/issue-certificate.ts';

const DAY = 24 * 60 * 60 * 1000;

const serialOf = ({ cert }: IssuedCertificate): Buffer =>
  der(0x02, Buffer.from(new X509Certificate(cert).serialNumber, 'hex'));

const nameOf = ({ subject }: IssuedCertificate): Buffer =>
  sequence(der(0x31, sequence(objectIdentifier('2.5.4.3'), utf8(subject.commonName))));

/** Makes the list of certificates that an authority with an EC key revoked, in PEM, valid for so many days. */
export const makeRevocationList = (
  issuer: IssuedCertificate,
  revoked: readonly IssuedCertificate[],
  days = 30,
): string => {
  const algorithm = sequence(objectIdentifier('1.2.840.10045.4.3.2'));
  const since = time(Date.now() - DAY);
  const body = sequence(
    der(0x02, Buffer.from([1])),
    algorithm,
    nameOf(issuer),
    since,
    time(Date.now() + days * DAY),
    ...(revoked.length === 0 ? [] : [sequence(...revoked.map((one) => sequence(serialOf(one), since)))]),
  );
  const list = sequence(body, algorithm, bitString(sign('sha256', body, createPrivateKey(issuer.key))));
  const lines = list.toString('base64').replaceAll(/.{1,64}/g, '$&\n');
  return `-----BEGIN X509 CRL-----\n${lines}-----END X509 CRL-----\n`;
};
