import { sleep } from './left-behind.js';

/** Collects garbage until `fact` holds. When it never holds, the runner's timeout ends the test. */
export async function collect(fact: () => boolean): Promise<void> {
  if (!globalThis.gc) throw new Error('these tests need node --expose-gc');
  do {
    globalThis.gc();
    await sleep(10);
  } while (!fact());
}
