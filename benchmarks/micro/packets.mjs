/** Measures one copy of 60 packets of 4K video (32 MiB) into a segment of a pool, and one copy out of it. */
import { SegmentPool } from '@arena/transport-pool';
import { createVideoData, Demuxer, demux, VideoPackets } from '@arena/video';

const rounds = 25;
const clip = await createVideoData(32 * 2 ** 20);
const packets = await demux(clip);
const pool = SegmentPool.create({ segmentSize: packets.packedByteLength, segmentCount: 5 });
const [writer, reader] = [pool.writer(), pool.reader()];

/** The median of what `step` returns, in milliseconds. */
async function median(step) {
  const times = [];
  for (let round = 0; round < rounds; round++) times.push(await step());
  return times.sort((a, b) => a - b)[rounds >> 1];
}

async function timed(work) {
  const begin = performance.now();
  const result = await work();
  return [performance.now() - begin, result];
}

/** Commits a unit that `fill` has filled, and gives it back. */
async function throughThePool(fill) {
  const unit = await writer.acquire(packets.packedByteLength);
  const [milliseconds] = await timed(() => fill(unit.bytes));
  unit.commit();
  (await reader.read()).release();
  return milliseconds;
}

async function takeInto() {
  const demuxer = new Demuxer(clip);
  await demuxer.gather();
  const milliseconds = await throughThePool((bytes) => demuxer.takeInto(bytes));
  demuxer.close();
  return milliseconds;
}

async function unpack() {
  const unit = await writer.acquire(packets.packedByteLength);
  packets.copyTo(unit.bytes);
  unit.commit();
  const lease = await reader.read();
  const [milliseconds, unpacked] = await timed(() => VideoPackets.from(lease));
  unpacked.release();
  return milliseconds;
}

async function clone() {
  const [milliseconds, copy] = await timed(() => packets.clone());
  copy.release();
  return milliseconds;
}

const steps = {
  'takeInto a segment of a pool': takeInto,
  'copyTo a segment of a pool': () => throughThePool((bytes) => packets.copyTo(bytes)),
  'unpacking in place': unpack,
  clone,
};
console.log(
  `milliseconds for ${packets.length} packets in ${packets.packedByteLength} bytes, median of ${rounds}`,
);
for (const [name, step] of Object.entries(steps)) {
  console.log(`${name.padEnd(30)}${(await median(step)).toFixed(3)}`);
}
pool.close();
