import { defineConfig } from 'vitest/config';

const project = (name: string, include: string[], extra: object = {}) => ({ test: { name, include, ...extra } });

export default defineConfig({
  test: {
    projects: [
      project('unit', ['src/**/*.test.ts', 'scripts/**/*.test.ts']),
      project('golden', ['test/golden/**/*.test.ts']),
      project('contract', ['test/contract/**/*.test.ts']),
      project('nginx', ['test/nginx/**/*.test.ts'], {
        globalSetup: ['test/nginx/global-setup.ts'],
        testTimeout: 60_000,
        hookTimeout: 120_000,
        fileParallelism: false,
      }),
    ],
  },
});
