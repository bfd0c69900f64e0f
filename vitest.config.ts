/**
 * Two projects: `node` needs nothing but Node; `e2e` drives a real Chromium (CHROMIUM_PATH) over the
 * built page, one file after the other and after everything else, so that both cores are its own.
 */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Left alone, Vitest keeps one core free: of two, that is half.
    maxWorkers: '100%',
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**'],
          testTimeout: 60_000,
          // See src/task/gradients.ts.
          server: { deps: { inline: [/tfjs-core\/dist\/(?!tf-core)/] } },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
          retry: 0,
        },
      },
    ],
  },
});
