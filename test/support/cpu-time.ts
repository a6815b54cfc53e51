import { afterEach, beforeEach, expect } from 'vitest';

const since = (before: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
};

/** Milliseconds of processor time that a piece of work takes: unlike the clock, no longer on a busy machine. */
export const cpuMs = (work: () => void): number => {
  const before = process.cpuUsage();
  work();
  return since(before);
};

/** Fails each test of the group that takes more milliseconds of processor time. */
export const limitCpu = (ms: number): void => {
  let before = process.cpuUsage();
  beforeEach(() => {
    before = process.cpuUsage();
  });
  afterEach(() => {
    expect(since(before)).toBeLessThan(ms);
  });
};
