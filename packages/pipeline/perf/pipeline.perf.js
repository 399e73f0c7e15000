/** A pipeline in a process of its own, and its consumer here. */
const KIB = 1024;

/** @param {number} count Items of a pass. */
const pipelineOf = (count) => async () => {
  const { runInSubprocess } = await import('@arena/pipeline');
  const { releaseItem } = await import('@arena/payloads');
  const { SegmentPool } = await import('@arena/transport-pool');
  const arena = SegmentPool.create({ segmentSize: 128 * KIB, segmentCount: 8 });
  const pipeline = runInSubprocess(new URL('items.js', import.meta.url), {
    args: { count },
    arena,
  });
  await pipeline.ready;
  return {
    async run(items) {
      for (let item = 0; item < items; item += count) {
        for await (const each of pipeline) releaseItem(each);
      }
    },
    async stop() {
      await pipeline.close();
      arena.close();
    },
  };
};

export const measurements = [
  {
    name: 'start a pass',
    items: 40,
    time: 'wall',
    threshold: 0.15,
    spread: true,
    start: pipelineOf(1),
  },
  {
    name: 'an item of 64 KiB',
    items: 512,
    time: 'wall',
    threshold: 0.15,
    spread: true,
    start: pipelineOf(512),
  },
];
