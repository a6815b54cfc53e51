import { inspect } from 'node:util';

const HIDDEN = '[redacted]';

/** Key material: it travels through the program, but no log, JSON or inspection can show it. */
export class Redacted<T = string> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  /** The only way to the content; each call site is worth a look in review. */
  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}
