/** Decodes a file into units of an arena: `node decode.mjs <handle> <file>` */
import { SegmentPool } from '@arena/transport-pool';
import { Decoder, demux } from '@arena/video';

const [handle, file] = process.argv.slice(2);
const writer = SegmentPool.attach(handle).writer();

const packets = await demux(file);
const { width, height } = packets;
const envelope = new TextEncoder().encode(JSON.stringify({ width, height }));

const decoder = Decoder.for(packets, { format: 'rgb24' });
decoder.push(packets);
decoder.finish();
while (!decoder.ended) {
  const unit = await writer.acquire(8 * decoder.frameByteLength, { envelope });
  const { byteLength } = await decoder.read(unit.bytes); // libav writes into the segment
  if (byteLength > 0) unit.commit(byteLength);
  else unit.abort();
}
writer.close();
