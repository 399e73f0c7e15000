/**
 * Measures the cost of `hardened: true` for each item: the processor time of one process that writes, leases,
 * reads and releases.
 */
import { SegmentPool } from '@arena/transport-pool';

const mebibyte = 1 << 20;

/** Microseconds of processor time per item. */
function measure(segmentSize, hardened, items) {
  const pool = SegmentPool.create({ segmentSize, segmentCount: 2, hardened });
  const [writer, reader] = [pool.writer(), pool.reader()];
  const round = () => {
    writer.acquireSync(segmentSize).commit();
    const lease = reader.tryRead();
    // Read one byte of each page. A reader of more bytes pays for the same page faults.
    const { bytes } = lease;
    let sum = 0;
    for (let at = 0; at < bytes.length; at += 4096) sum += bytes[at];
    lease.release();
    return sum;
  };
  for (let item = 0; item < items / 4; item++) round();
  const before = process.cpuUsage();
  for (let item = 0; item < items; item++) round();
  const { user, system } = process.cpuUsage(before);
  pool.close();
  return (user + system) / items;
}

for (const [size, items] of [
  [64 * 1024, 4000],
  [mebibyte, 1000],
  [8 * mebibyte, 150],
  [32 * mebibyte, 40],
]) {
  const runs = [1, 2, 3].map(() => [measure(size, false, items), measure(size, true, items)]);
  const [plain, hardened] = [0, 1].map((at) => Math.min(...runs.map((run) => run[at])));
  console.log(
    `${size / 1024} KiB: ${plain.toFixed(1)} us, hardened ${hardened.toFixed(1)} us, ${(hardened - plain).toFixed(1)} us more`,
  );
}
