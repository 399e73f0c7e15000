/** Passes in which every item is ready at once. */
import { PipelineBuilder, runInSubprocess } from '@arena/pipeline';
import { SegmentPool } from '@arena/transport-pool';
import { describe, expect, it } from 'vitest';

function* endless() {
  for (let i = 0; ; i++) yield i;
}

/** Leaves the pass once a timer has fired this many times. Fails when no timer can fire. */
async function iterateUntilTimersFire(items: AsyncIterable<unknown>): Promise<void> {
  let fired = 0;
  const timer = setInterval(() => fired++, 1);
  const begin = performance.now();
  for await (const _ of items) {
    if (fired > 5) break;
    if (performance.now() - begin > 30_000) break;
  }
  clearInterval(timer);
  expect(fired).toBeGreaterThan(5);
}

describe('the event loop turns while the items of a pass are always ready', () => {
  it('of a pipeline that runs here', async () => {
    await iterateUntilTimersFire(new PipelineBuilder().addSource(endless).build());
  });

  it('of a pipeline that runs here, with all kinds of stages', async () => {
    const pipeline = new PipelineBuilder()
      .addSource(endless)
      .pipe((item) => item, { concurrency: 4 })
      .aggregate(3)
      .build();
    await iterateUntilTimersFire(pipeline);
  });

  it.each(['with an arena', 'without an arena'])(
    'of a pipeline in a subprocess, %s',
    async (how) => {
      const module = new URL('./fixtures/endless.js', import.meta.url);
      const arena =
        how === 'with an arena'
          ? SegmentPool.create({ segmentSize: 65536, segmentCount: 8 })
          : undefined;
      const pipeline = runInSubprocess(module, { arena });
      await iterateUntilTimersFire(pipeline);
      await pipeline.close();
      arena?.close();
    },
  );
});
