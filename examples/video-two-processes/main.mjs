/**
 * Decodes packets that another process demuxes, out of shared memory.
 *
 *     node examples/video-two-processes/main.mjs clip.mp4
 *
 * Prints the MD5 of every frame, as `ffmpeg -i clip.mp4 -pix_fmt yuv420p -f framemd5 -` does.
 */
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { ItemReader, releaseItem } from '@arena/payloads';
import { SegmentPool } from '@arena/transport-pool';
import { decode } from '@arena/video';

/** More than a group of pictures takes. */
const segmentSize = 16 << 20;

const pool = SegmentPool.create({ segmentSize, segmentCount: 4 });
fork(new URL('./demux.mjs', import.meta.url), [pool.handle, process.argv[2]]);

/** The packets of every item. A decoder that still reads them keeps their segment until it is done. */
async function* clips() {
  for await (const item of new ItemReader(pool.reader())) {
    console.error(
      `group ${item.group}: ${item.clip.length} packets, ${item.clip.byteLength} bytes`,
    );
    yield item.clip;
    releaseItem(item);
  }
}

for await (const { data, shape } of decode(clips(), { format: 'yuv420p', frames: 8 })) {
  const frames = shape[0];
  const frameBytes = data.byteLength / frames;
  for (let frame = 0; frame < frames; frame++) {
    const bytes = data.subarray(frame * frameBytes, (frame + 1) * frameBytes);
    console.log(createHash('md5').update(bytes).digest('hex'));
  }
}
