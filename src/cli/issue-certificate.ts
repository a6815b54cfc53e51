import { createHash, createPrivateKey, createPublicKey, randomBytes, sign, type KeyObject } from 'node:crypto';
import { bitString, der, objectIdentifier, sequence, time, utf8 } from './der.ts';

/** Who a certificate is for. */
export interface CertificateSubject {
  readonly commonName: string;
  readonly organization?: string;
}

export interface CertificateOrder {
  readonly subject: CertificateSubject;
  /** DNS names, wildcards included. */
  readonly names: readonly string[];
  /** The private key that the certificate is for. */
  readonly key: KeyObject;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** Signs the certificate; without one it signs itself. */
  readonly issuer?: IssuedCertificate;
  /** Present where the certificate may sign others. */
  readonly authority?: 'authority';
}

/** A certificate and its private key, both PEM. */
export interface IssuedCertificate {
  readonly subject: CertificateSubject;
  readonly cert: string;
  readonly key: string;
}

const distinguishedName = ({ commonName, organization }: CertificateSubject): Buffer => {
  const attribute = (oid: string, value: string): Buffer => der(0x31, sequence(objectIdentifier(oid), utf8(value)));
  const parts = [attribute('2.5.4.3', commonName)];
  return sequence(...(organization === undefined ? [] : [attribute('2.5.4.10', organization)]), ...parts);
};

const publicKey = (key: KeyObject): Buffer => createPublicKey(key).export({ type: 'spki', format: 'der' });

const keyIdentifier = (key: KeyObject): Buffer => createHash('sha256').update(publicKey(key)).digest().subarray(0, 20);

const TRUE = der(0x01, Buffer.from([0xff]));

const extension = (oid: string, value: Buffer): Buffer => sequence(objectIdentifier(oid), der(0x04, value));

const criticalExtension = (oid: string, value: Buffer): Buffer =>
  sequence(objectIdentifier(oid), TRUE, der(0x04, value));

const usage = (authority: CertificateOrder['authority']): readonly Buffer[] => {
  const bits = (unused: number, mask: number): Buffer =>
    criticalExtension('2.5.29.15', der(0x03, Buffer.from([unused, mask])));
  if (authority !== undefined) return [criticalExtension('2.5.29.19', sequence(TRUE)), bits(1, 0x06)];
  const serverAndClient = sequence(objectIdentifier('1.3.6.1.5.5.7.3.1'), objectIdentifier('1.3.6.1.5.5.7.3.2'));
  return [criticalExtension('2.5.29.19', sequence()), bits(5, 0xa0), extension('2.5.29.37', serverAndClient)];
};

const extensions = (order: CertificateOrder, signer: KeyObject): Buffer => {
  const dnsNames = order.names.map((name) => der(0x82, Buffer.from(name, 'latin1')));
  const list = [
    ...usage(order.authority),
    extension('2.5.29.14', der(0x04, keyIdentifier(order.key))),
    extension('2.5.29.35', sequence(der(0x80, keyIdentifier(signer)))),
    ...(dnsNames.length === 0 ? [] : [extension('2.5.29.17', sequence(...dnsNames))]),
  ];
  return der(0xa3, sequence(...list));
};

const signatureAlgorithm = (key: KeyObject): Buffer =>
  key.asymmetricKeyType === 'rsa'
    ? sequence(objectIdentifier('1.2.840.113549.1.1.11'), der(0x05))
    : sequence(objectIdentifier('1.2.840.10045.4.3.2'));

/** A positive INTEGER of 128 random bits. */
const serialNumber = (): Buffer => der(0x02, Buffer.from([0x01]), randomBytes(16));

const pem = (bytes: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${bytes.toString('base64').replaceAll(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`;

/** Makes an X.509 v3 certificate, signed with SHA-256 by the issuer or by itself. */
export const issueCertificate = (order: CertificateOrder): IssuedCertificate => {
  const signer = order.issuer === undefined ? order.key : createPrivateKey(order.issuer.key);
  const algorithm = signatureAlgorithm(signer);
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    serialNumber(),
    algorithm,
    distinguishedName(order.issuer?.subject ?? order.subject),
    sequence(time(order.notBefore), time(order.notAfter)),
    distinguishedName(order.subject),
    publicKey(order.key),
    extensions(order, signer),
  );
  const certificate = sequence(body, algorithm, bitString(sign('sha256', body, signer)));
  return {
    subject: order.subject,
    cert: pem(certificate),
    key: order.key.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
};
