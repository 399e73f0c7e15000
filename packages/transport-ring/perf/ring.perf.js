/** The ring in one process: its calls, without any wait. */
const KIB = 1024;
const COUNTS = ['calls', 'wakeUps', 'copied', 'allocations', 'heap'];

const onRing = (prepare) => async () => {
  const { RingBuffer } = await import('@arena/transport-ring');
  const ring = RingBuffer.create({ capacity: 1024 * KIB });
  const writer = ring.writer();
  return { run: prepare(writer, ring.reader({ from: 'next' })), stop: () => ring.close() };
};

const writeAndRead = (byteLength) => (writer, reader) => {
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
    name: 'write and read 100 B',
    items: 5000,
    time: 'cpu',
    counts: COUNTS,
    start: onRing(writeAndRead(100)),
  },
  {
    name: 'write and read 64 KiB',
    items: 1000,
    time: 'cpu',
    counts: COUNTS,
    start: onRing(writeAndRead(64 * KIB)),
  },
  {
    name: 'borrow 64 KiB',
    items: 2000,
    time: 'cpu',
    counts: COUNTS,
    start: onRing((writer, reader) => (items) => {
      for (let item = 0; item < items; item++) {
        writer.tryAcquire(64 * KIB)?.commit();
        reader.tryBorrow()?.release();
      }
    }),
  },
];
