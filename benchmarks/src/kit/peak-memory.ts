import type { MemorySampler } from './memory-sampler-process.js';
import { StartedProcess } from './processes/started-process.js';

/**
 * Runs `work` while another process samples the memory of `pids`.
 *
 * @returns The most that they held together, in bytes; a page that they share counts once.
 */
export async function peakMemoryDuring(
  pids: readonly number[],
  work: () => Promise<void>,
): Promise<number> {
  const sampler = new StartedProcess<MemorySampler>(
    new URL('memory-sampler-process.js', import.meta.url),
    { name: 'the process that samples memory' },
  );
  try {
    await sampler.call('watch', pids);
    await work();
    return await sampler.call('finish');
  } finally {
    await sampler.kill();
  }
}
