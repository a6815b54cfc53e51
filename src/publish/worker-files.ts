import { copyFile, readdir, rename } from 'node:fs/promises';
import { DEFAULT_CERTIFICATE, type CertificateFile, type WorkerFile } from '../protocol/generation.ts';
import { invariant } from '../values/invariant.ts';
import { readBounded } from './bounded-file.ts';
import { replaceFile } from './folders.ts';

const MODE = 0o640;
const MAX_PEM_BYTES = 4 * 1024 * 1024;

/** Writes those worker files that are not there yet: the name is the digest of the content. */
export const writeWorkerFiles = async (folder: string, files: readonly WorkerFile[]): Promise<void> => {
  const present = new Set(await readdir(folder));
  for (const { name, content } of files) {
    if (!present.has(name)) await replaceFile(`${folder}/${name}`, content.reveal(), MODE);
    present.add(name);
  }
};

/** Keeps the certificates of a folder as the runtime table says, each replaced by rename when its content changes. */
export class CertificateFolder {
  readonly #folder: string;
  /** What the files hold, so that a table of thousands does not read them each time. */
  readonly #known = new Map<string, CertificateFile['pem']>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** A certificate without content keeps its file; where it has none it starts as a copy of the default certificate. */
  async write(certificates: readonly CertificateFile[]): Promise<void> {
    for (const certificate of certificates) {
      if (certificate.pem !== undefined) await this.#replace(certificate.name, certificate.pem);
    }
    const missing = certificates.filter(({ pem, name }) => pem === undefined && !this.#known.has(name));
    const present = new Set(missing.length === 0 ? [] : await readdir(this.#folder));
    for (const { name } of missing) {
      if (!present.has(`${name}.pem`)) await this.#copyDefault(name, present);
      this.#known.set(name, undefined);
    }
  }

  /** A file was removed. */
  forget(name: string): void {
    this.#known.delete(name);
  }

  async #replace(name: string, pem: NonNullable<CertificateFile['pem']>): Promise<void> {
    if (this.#known.get(name)?.reveal() === pem.reveal()) return;
    const path = this.#path(name);
    const found = this.#known.has(name) ? undefined : await readBounded(path, MAX_PEM_BYTES);
    if (found?.ok !== true || found.value !== pem.reveal()) await replaceFile(path, pem.reveal(), MODE);
    this.#known.set(name, pem);
  }

  async #copyDefault(name: string, present: ReadonlySet<string>): Promise<void> {
    const hasDefault = this.#known.has(DEFAULT_CERTIFICATE) || present.has(`${DEFAULT_CERTIFICATE}.pem`);
    invariant(hasDefault, 'the first table has the content of the default certificate');
    const incoming = `${this.#path(name)}.incoming`;
    await copyFile(this.#path(DEFAULT_CERTIFICATE), incoming);
    await rename(incoming, this.#path(name));
  }

  #path(name: string): string {
    return `${this.#folder}/${name}.pem`;
  }
}
