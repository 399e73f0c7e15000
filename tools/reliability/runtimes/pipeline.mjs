/** A pipeline in a subprocess, through a pool and without an arena. */
import assert from 'node:assert/strict';
import { releaseItem } from '@arena/payloads';
import { runInSubprocess } from '@arena/pipeline';
import { SegmentPool } from '@arena/transport-pool';

const pool = SegmentPool.create({ segmentSize: 2 ** 20, segmentCount: 4 });
for (const arena of [pool, undefined]) {
  const pipeline = runInSubprocess(new URL('./pipeline-source.mjs', import.meta.url), {
    arena,
    args: { count: 20 },
  });
  for (let pass = 0; pass < 2; pass++) {
    let count = 0;
    for await (const item of pipeline) {
      assert.equal(item.n, count++);
      assert.ok(item.pixels.every((value) => value === item.n));
      releaseItem(item);
    }
    assert.equal(count, 20);
  }
  await pipeline.close();
}
pool.close();
console.log('works');
