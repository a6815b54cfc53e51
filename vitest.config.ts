import { defineConfig } from 'vitest/config';

/** Pure tests share their worker: a fresh one for each of 150 files costs more than the tests. */
const shared = { isolate: false, testTimeout: 30_000 };

const project = (name: string, include: string[], extra: object = {}) => ({ test: { name, include, ...extra } });

export default defineConfig({
  test: {
    // Vitest leaves cores to others by default; here the whole machine is for the tests.
    maxWorkers: '100%',
    projects: [
      project('unit', ['src/**/*.test.ts', 'scripts/**/*.test.ts'], shared),
      project('golden', ['test/golden/**/*.test.ts'], shared),
      project('contract', ['test/contract/**/*.test.ts'], shared),
      project('nginx', ['test/nginx/**/*.test.ts'], {
        globalSetup: ['test/nginx/global-setup.ts'],
        testTimeout: 60_000,
        hookTimeout: 120_000,
        fileParallelism: false,
      }),
      // Inside the network namespace that scripts/test-cluster.ts makes; one bed at a time.
      project('cluster', ['test/cluster/**/*.test.ts'], {
        // Patience for machines that have other things to do; no claim hangs on it.
        testTimeout: 300_000,
        hookTimeout: 300_000,
        fileParallelism: false,
      }),
    ],
  },
});
