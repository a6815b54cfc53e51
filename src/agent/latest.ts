/** One place for the newest value: what nobody took before the next one came is forgotten. */
export class Latest<T extends object> {
  #value: T | undefined;
  #wake: () => void = () => undefined;

  /** Puts a value in the place of the one that waits. */
  put(value: T): void {
    this.#value = value;
    this.#wake();
  }

  /** Takes the newest value, waiting for one if need be; nothing when the limit or the signal ends the wait. */
  async take(signal: AbortSignal, limitMs?: number): Promise<T | undefined> {
    if (this.#value === undefined && !signal.aborted) await this.#wait(signal, limitMs);
    if (signal.aborted) return undefined;
    const value = this.#value;
    this.#value = undefined;
    return value;
  }

  #wait(signal: AbortSignal, limitMs: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      const timer = limitMs === undefined ? undefined : setTimeout(() => this.#wake(), limitMs);
      this.#wake = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', this.#wake);
        resolve();
      };
      signal.addEventListener('abort', this.#wake);
    });
  }
}
