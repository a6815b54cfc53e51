import type { Clock } from './ports.ts';

/** How long to wait for more: `floor` after the last poke, but no longer than `ceiling` after the first. */
export interface Patience {
  readonly floor: number;
  readonly ceiling: number;
}

/** Gathers pokes that come close together, so that a burst of changes costs one round. */
export class HoldOff {
  readonly #clock: Clock;
  readonly #patience: Patience;
  #firstPoke: number | undefined;
  #isDue = false;
  #cancel = (): void => {};
  #wake = (): void => {};

  constructor(clock: Clock, patience: Patience) {
    this.#clock = clock;
    this.#patience = patience;
  }

  /** Says that there is something to do. */
  poke(): void {
    const now = this.#clock.now();
    this.#firstPoke ??= now;
    this.#cancel();
    const wait = Math.min(this.#patience.floor, this.#firstPoke + this.#patience.ceiling - now);
    this.#cancel = this.#clock.after(Math.max(0, wait), () => this.end());
  }

  /** Is due at once. */
  end(): void {
    this.#cancel();
    this.#isDue = true;
    this.#wake();
  }

  /** Resolves when what was gathered is due; pokes from then on count for the next time. */
  async due(): Promise<void> {
    if (!this.#isDue) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
    this.#cancel();
    this.#isDue = false;
    this.#firstPoke = undefined;
  }
}
