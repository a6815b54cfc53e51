/** The clock of this machine: whole milliseconds that never go back. */
export const systemClock = {
  now: (): number => Math.round(performance.now()),
  after(delay: number, call: () => void): () => void {
    const timer = setTimeout(call, delay);
    return () => clearTimeout(timer);
  },
};
