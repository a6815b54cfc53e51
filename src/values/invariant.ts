/** Crashes on our own bug; never used for anything that a user or the world can cause. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`bug in Portico: ${message}`);
}
