/** The pool in one process: its calls, without any wait. */
const KIB = 1024;

/** @param {(pool: import('../dist/index.js').SegmentPool) => (items: number) => unknown} prepare */
const onPool = (prepare) => async () => {
  const { SegmentPool } = await import('@arena/transport-pool');
  const pool = SegmentPool.create({ segmentSize: 256 * KIB, segmentCount: 4 });
  return { run: prepare(pool), stop: () => pool.close() };
};

/** @type {(byteLength: number) => (pool: import('../dist/index.js').SegmentPool) => (items: number) => void} */
const writeAndLease = (byteLength) => (pool) => {
  const [writer, reader] = [pool.writer(), pool.reader()];
  const bytes = new Uint8Array(byteLength).fill(7);
  return (items) => {
    for (let item = 0; item < items; item++) {
      writer.tryWrite(bytes);
      reader.tryRead()?.release();
    }
  };
};

export const measurements = [
  {
    name: 'acquire, commit, lease 64 KiB',
    items: 3000,
    time: 'cpu',
    counts: ['calls', 'wakeUps', 'copied', 'allocations', 'heap'],
    start: onPool((pool) => {
      const [writer, reader] = [pool.writer(), pool.reader()];
      return (items) => {
        for (let item = 0; item < items; item++) {
          writer.tryAcquire(64 * KIB)?.commit();
          reader.tryRead()?.release();
        }
      };
    }),
  },
  {
    name: 'write 64 KiB',
    items: 1500,
    time: 'cpu',
    counts: ['calls', 'wakeUps', 'copied', 'allocations', 'heap'],
    start: onPool(writeAndLease(64 * KIB)),
  },
  {
    name: 'write 100 B',
    items: 5000,
    time: 'cpu',
    counts: ['calls', 'wakeUps', 'copied', 'allocations', 'heap'],
    start: onPool(writeAndLease(100)),
  },
  {
    name: 'wake a reader that waits',
    items: 500,
    time: 'cpu',
    counts: ['calls', 'wakeUps', 'heap'],
    start: onPool((pool) => {
      const [writer, reader] = [pool.writer(), pool.reader()];
      return async (items) => {
        for (let item = 0; item < items; item++) {
          const next = reader.read();
          const unit = writer.tryAcquire(64 * KIB);
          unit?.commit();
          (await next)?.release();
        }
      };
    }),
  },
  {
    name: 'read units that came together',
    items: 2048,
    time: 'cpu',
    counts: ['calls', 'wakeUps', 'heap'],
    start: onPool((pool) => {
      const [writer, reader] = [pool.writer(), pool.reader()];
      const bytes = new Uint8Array(100).fill(7);
      return async (items) => {
        for (let item = 0; item < items; item += 64) {
          const first = reader.read();
          for (let unit = 0; unit < 64; unit++) writer.tryWrite(bytes);
          (await first)?.release();
          for (let unit = 1; unit < 64; unit++) (await reader.read())?.release();
        }
      };
    }),
  },
];
