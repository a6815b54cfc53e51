import { open, truncate } from 'node:fs/promises';
import { isMissing } from './atomic-file.ts';
import { parseErrorLine, type ErrorLine } from './error-lines.ts';

/** Enough for every line of one reload; what NGINX writes beyond is not read. */
const MOST_BYTES = 64 * 1024;
const TRUNCATE_ABOVE = 1024 * 1024;

/** Why NGINX refused a reload, which it says nowhere else. */
export class EmergLog {
  readonly #path: string;
  #offset = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Forgets what was written so far. */
  async skip(): Promise<void> {
    this.#offset = await this.#read((file) => file.stat().then(({ size }) => size), 0);
    // NGINX appends, wherever the end is.
    if (this.#offset > TRUNCATE_ABOVE) {
      await truncate(this.#path);
      this.#offset = 0;
    }
  }

  /** The complete lines since then. */
  async lines(): Promise<readonly ErrorLine[]> {
    const text = await this.#read(async (file) => {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(MOST_BYTES), 0, MOST_BYTES, this.#offset);
      return buffer.toString('utf8', 0, bytesRead);
    }, '');
    const complete = text.slice(0, text.lastIndexOf('\n') + 1);
    return complete.split('\n').flatMap((line) => parseErrorLine(line) ?? []);
  }

  async #read<T>(take: (file: Awaited<ReturnType<typeof open>>) => Promise<T>, otherwise: T): Promise<T> {
    try {
      await using file = await open(this.#path, 'r');
      return await take(file);
    } catch (error) {
      if (isMissing(error)) return otherwise;
      throw error;
    }
  }
}
