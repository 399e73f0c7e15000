/** How every package runs its tests: `npx nx test shm-core`, or `npx vitest run packages/shm-core`. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const root = import.meta.dirname;

/** Named as nx names them. */
const projects = new Map([
  ...readdirSync(join(root, 'packages')).map(
    (name) => [`@arena/${name}`, `packages/${name}`] as const,
  ),
  ['@arena/examples', 'examples'] as const,
  ['tools', 'tools'] as const,
  ['reliability', 'tools/reliability'] as const,
]);

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [...projects].map(([name, folder]) => ({
      extends: true,
      root: join(root, folder),
      test: {
        name,
        include: ['tests/**/*.test.ts'],
        pool: 'forks',
        // Finalizers are part of what is tested.
        execArgv: ['--expose-gc'],
        // No test asserts how fast something is: what hangs ends here.
        testTimeout: 60_000,
        // Build servers are noisy neighbours; a fault in arena fails three times as well.
        retry: process.env.CI ? 2 : 0,
        hookTimeout: 60_000,
      },
    })),
  },
});
