/** A clock that a test moves; timers run in their order, and what they set off is finished before the next one. */
export interface VirtualClock {
  now(): number;
  after(delay: number, call: () => void): () => void;
  advance(by: number): Promise<void>;
  /** Timers that have not run. */
  pending(): number;
}

const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** A clock that stands at 0. */
export const virtualClock = (): VirtualClock => {
  let time = 0;
  const timers = new Set<{ readonly at: number; readonly call: () => void }>();
  const nextTimer = () => [...timers].toSorted((a, b) => a.at - b.at)[0];
  return {
    now: () => time,
    pending: () => timers.size,
    after(delay, call) {
      const timer = { at: time + delay, call };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    async advance(by) {
      const end = time + by;
      await settled();
      for (let timer = nextTimer(); timer !== undefined && timer.at <= end; timer = nextTimer()) {
        timers.delete(timer);
        time = timer.at;
        timer.call();
        await settled();
      }
      time = end;
    },
  };
};
