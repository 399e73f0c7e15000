/** How every package runs its tests: `npx nx test shm-core`, or `npx vitest run packages/shm-core`. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { readPackages } from './tools/checkout/packages.js';
import { root } from './tools/checkout/root.js';

const projects = readPackages(root).filter(({ folder }) => existsSync(join(root, folder, 'tests')));

export default defineConfig({
  test: {
    maxWorkers: 2,
    // A test that fails once has found a defect: nothing is tried again.
    retry: 0,
    projects: projects.map(({ name, folder }, index) => ({
      extends: true,
      root: join(root, folder),
      test: {
        name,
        include: ['tests/**/*.test.ts'],
        setupFiles: [join(root, 'tools/environment/vitest-setup.js')],
        pool: 'forks',
        // One package after another: their tests would compete for the processors.
        sequence: { groupOrder: index },
        // Finalizers are part of what is tested.
        execArgv: ['--expose-gc'],
        // No test asserts how fast something is: what hangs ends here.
        testTimeout: 60_000,
        hookTimeout: 60_000,
      },
    })),
  },
});
