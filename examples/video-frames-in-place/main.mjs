/**
 * Takes frames that another process decodes right into shared memory: no copy on either side.
 *
 *     node examples/video-frames-in-place/main.mjs clip.mp4
 *
 * Prints the MD5 of every frame, as `ffmpeg -i clip.mp4 -pix_fmt rgb24 -f framemd5 -` does.
 */
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { SegmentPool } from '@arena/transport-pool';

/** Room for eight frames of 1920 x 1080, three bytes a pixel. */
const segmentSize = 8 * 1920 * 1080 * 3;

const pool = SegmentPool.create({ segmentSize, segmentCount: 3 });
fork(new URL('./decode.mjs', import.meta.url), [pool.handle, process.argv[2]]);

for await (const lease of pool.reader()) {
  const { width, height } = JSON.parse(new TextDecoder().decode(lease.envelope));
  const frameBytes = width * height * 3;
  const frames = lease.bytes.length / frameBytes;
  console.error(`[${frames}, ${height}, ${width}, 3]`);
  for (let frame = 0; frame < frames; frame++) {
    const bytes = lease.bytes.subarray(frame * frameBytes, (frame + 1) * frameBytes);
    console.log(createHash('md5').update(bytes).digest('hex')); // read where libav wrote it
  }
  lease.release();
}
