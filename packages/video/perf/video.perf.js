/** Video packets through a pool, and their decoding into its segments. */
const CLIP_BYTES = 200_000;
const CLIP = { durationSeconds: 1, width: 320, height: 180 };
/** One frame of `gray`. */
const FRAMES_BYTES = CLIP.width * CLIP.height * 64;

async function clipAndPool() {
  const { createVideoData, demux } = await import('@arena/video');
  const { SegmentPool } = await import('@arena/transport-pool');
  const packets = await demux(await createVideoData(CLIP_BYTES, CLIP));
  const pool = SegmentPool.create({ segmentSize: FRAMES_BYTES, segmentCount: 2 });
  return { packets, pool, stop: () => pool.close() };
}

export const measurements = [
  {
    name: 'packets across',
    items: 100,
    time: 'cpu',
    counts: ['copied', 'heap'],
    reach: ['@arena/video', '@arena/payloads', '@arena/transport-pool', '@arena/shm-core'],
    async start() {
      const { ItemReader, ItemWriter, releaseItem } = await import('@arena/payloads');
      const { packets, pool, stop } = await clipAndPool();
      const [writer, reader] = [new ItemWriter(pool.writer()), new ItemReader(pool.reader())];
      return {
        run(items) {
          for (let item = 0; item < items; item++) {
            writer.tryWrite({ packets });
            releaseItem(reader.tryRead()?.value);
          }
        },
        stop,
      };
    },
  },
  {
    name: 'decode in place',
    items: 2,
    time: 'cpu',
    counts: ['copied'],
    // Packets and frames never become items here.
    reach: ['@arena/video', '@arena/transport-pool', '@arena/shm-core'],
    async start() {
      const { decodeInto } = await import('@arena/video');
      const { packets, pool, stop } = await clipAndPool();
      const [writer, reader] = [pool.writer(), pool.reader()];
      return {
        async run(items) {
          for (let item = 0; item < items; item++) {
            const unit = writer.acquireSync(FRAMES_BYTES);
            await decodeInto(packets, unit.bytes, { format: 'gray', threads: 1 });
            unit.commit();
            reader.readSync()?.release();
          }
        },
        stop,
      };
    },
  },
];
