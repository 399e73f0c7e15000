/** The start of the command: a person waits for it. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const command = fileURLToPath(new URL('../bin/run.js', import.meta.url));

export const measurements = [
  {
    name: 'start of arena --version',
    items: 1,
    time: 'wall',
    threshold: 0.15,
    start: () => ({
      run(items) {
        for (let item = 0; item < items; item++) {
          execFileSync(process.execPath, [command, '--version'], { stdio: 'ignore' });
        }
      },
    }),
  },
];
