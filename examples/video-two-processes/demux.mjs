/** Demuxes a file into an arena, a group of pictures at a time: `node demux.mjs <handle> <file>` */
import { ItemWriter } from '@arena/payloads';
import { SegmentPool } from '@arena/transport-pool';
import { demuxStream } from '@arena/video';

const [handle, file] = process.argv.slice(2);
const items = new ItemWriter(SegmentPool.attach(handle).writer());

let group = 0;
for await (const clip of demuxStream(file)) {
  await items.write({ group: group++, clip }); // waits while the decoder is behind
  clip.release();
}
items.close();
