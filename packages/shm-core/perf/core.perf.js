/** The core alone, without the classes of a transport: the queue, a ring of the doorbell, a copy. */
const MIB = 2 ** 20;
const COUNTS = ['calls', 'wakeUps', 'copied', 'allocations', 'heap'];

/** A pool whose units of 100 bytes lie in its queue. */
async function smallPool() {
  const { Attachment, constants } = await import('@arena/shm-core/internal');
  const attachment = Attachment.create({
    kind: constants.kind.pool,
    segmentSize: MIB,
    segmentCount: 2,
    queueBytes: undefined,
    fanOut: false,
    peers: undefined,
    unitTimeoutMs: undefined,
    writers: 0,
    populate: true,
    name: undefined,
  });
  const writer = attachment.native.writer(false);
  const reader = attachment.native.reader(constants.from.newest, false);
  return { attachment, writer, reader };
}

export const measurements = [
  {
    name: 'native queue, 100 B',
    items: 8000,
    time: 'cpu',
    counts: COUNTS,
    async start() {
      const { attachment, writer, reader } = await smallPool();
      const [bytes, envelope, target] = [100, 0, 100].map((length) => new Uint8Array(length));
      return {
        run(items) {
          for (let item = 0; item < items; item++) {
            writer.tryWrite(bytes, envelope, 1000);
            reader.takeInto(target);
          }
        },
        stop: () => attachment.close(),
      };
    },
  },
  {
    name: 'ring the doorbell of a reader',
    items: 1600,
    time: 'cpu',
    counts: ['calls', 'wakeUps', 'heap'],
    async start() {
      const { attachment, writer, reader } = await smallPool();
      const [bytes, envelope, target] = [100, 0, 100].map((length) => new Uint8Array(length));
      return {
        run(items) {
          for (let item = 0; item < items; item++) {
            reader.arm(1);
            writer.tryWrite(bytes, envelope, 1000);
            reader.disarm();
            reader.takeInto(target);
          }
        },
        stop: () => attachment.close(),
      };
    },
  },
  {
    name: 'copy 1 MiB',
    items: 120,
    time: 'cpu',
    counts: ['calls', 'copied', 'allocations', 'heap'],
    async start() {
      const { copyBytes } = await import('@arena/shm-core');
      const [target, source] = [new Uint8Array(MIB), new Uint8Array(MIB).fill(7)];
      return {
        run(items) {
          for (let item = 0; item < items; item++) copyBytes(target, source);
        },
      };
    },
  },
];
