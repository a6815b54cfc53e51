import type { Redacted } from '../values/redacted.ts';
import type { NameAnswer } from './messages.ts';

/** One file of a generation; `path` is relative to the generation's folder. */
export interface ConfigFile {
  readonly path: string;
  readonly text: string;
}

/** A complete configuration, named by the digest of its bytes. */
export interface Generation {
  readonly digest: string;
  readonly files: readonly ConfigFile[];
}

/** Where a generation has the part of it that differs from another one: enough to test where that one is live. */
export const checkPath = (base: string): string => `check-${base}.conf`;

/** A file that workers open at run time (`desired/files/<name>`); the name is the SHA-256 of the content. */
export interface WorkerFile {
  readonly name: string;
  readonly content: Redacted<string | Uint8Array>;
}

/**
 * A certificate with its key (`desired/certs/<name>.pem`). Not part of the digest: it changes without a reload.
 * Without `pem` the Secret is broken: the file keeps what it has, or starts with the default certificate.
 */
export interface CertificateFile {
  readonly name: string;
  readonly pem?: Redacted;
}

/** What NGINX learns without a reload. `revision` is the digest of the names, not of the certificates. */
export interface RuntimeTable {
  readonly revision: string;
  readonly names: Readonly<Record<string, NameAnswer>>;
  readonly certificates: readonly CertificateFile[];
}

/** Name of the certificate file that serves hosts without a certificate of their own. */
export const DEFAULT_CERTIFICATE = 'default';
