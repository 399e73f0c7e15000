/** Reads batches of frames that another process renders, twice, without a copy. */
import { releaseItem } from '@arena/payloads';
import { runInSubprocess } from '@arena/pipeline';
import { SegmentPool } from '@arena/transport-pool';

const arena = SegmentPool.create({ segmentSize: 4 * 1024 * 1024, segmentCount: 4 });
const batches = runInSubprocess(new URL('./frames.js', import.meta.url), {
  args: { count: 6 },
  arena,
});

for (const epoch of [1, 2]) {
  for await (const batch of batches) {
    const frames = batch.map(({ index, pixels }) => `${index} (${pixels.at(-1)})`);
    console.log(`epoch ${epoch}: frames ${frames.join(' and ')}`);
    releaseItem(batch);
  }
}

await batches.close();
arena.close();
