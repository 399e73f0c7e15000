/** How the tests of what ships run: `node tools/shipped`. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['tests/**/*.test.ts'],
    setupFiles: ['../environment/vitest-setup.js'],
    globalSetup: ['./serve.js'],
    retry: 0,
    pool: 'forks',
    maxWorkers: 2,
    // Package managers wait for the network, and compilers take a minute.
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
