import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import type { Outlived, Outliving } from './peers/outliving.js';
import type { Stage } from './stage.js';

const program = fileURLToPath(new URL('./peers/outliving.js', import.meta.url));
const unitBytes = 128 * 1024;

/** Tests that memory which a thread has moved to another one stays as it is when the thread ends. */
export function describeMemoryOfThreads(stage: Stage, kinds: readonly Outliving['what'][]): void {
  it.each(kinds)('a %s to another thread outlives its own, however that ends', async (what) => {
    const work: Outliving = {
      module: stage.transport.module,
      className: stage.transport.arenaClass.name,
      options: stage.options({ unitBytes, units: 2 }),
      unitBytes,
      what,
    };
    const { stdout } = await promisify(execFile)(process.execPath, [program, JSON.stringify(work)]);
    const outlived: Outlived[] = JSON.parse(stdout);
    expect(outlived).toHaveLength(6);
    for (const { asItWas, morePeers } of outlived) {
      expect([asItWas, morePeers]).toEqual([true, 0]);
    }
  });
}
