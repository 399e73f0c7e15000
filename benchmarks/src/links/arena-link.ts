import { SegmentPool } from '@arena/transport-pool';
import { RingBuffer } from '@arena/transport-ring';
import { type LinkSpec, roomBytesFor, roomFor } from './link.js';
import { type ArenaTransport, copyingTransportOf } from './transports.js';

/** Units that one call writes or reads. */
const batchUnits = 256;

/** Most bytes of a batch. A unit that is larger is a batch of its own. */
const batchBytes = 2 ** 18;

/** Units of one batch. */
export const batchOf = (sizeBytes: number) =>
  Math.max(1, Math.min(batchUnits, Math.floor(batchBytes / sizeBytes)));

export type LinkArena = SegmentPool | RingBuffer;

/** An arena for one writer, with room for `roomFor(sizeBytes)` units in its queue and in its segments. */
export function createArena(transport: ArenaTransport, sizeBytes: number): LinkArena {
  const units = roomFor(sizeBytes);
  const bytes = roomBytesFor(sizeBytes);
  if (copyingTransportOf(transport) === 'ring') {
    return RingBuffer.create({
      capacity: bytes,
      maxRecords: units,
      whenFull: 'wait',
      writers: 1,
    });
  }
  return SegmentPool.create({
    segmentCount: units,
    segmentSize: sizeBytes,
    queueBytes: Math.max(bytes, 2 ** 20),
    writers: 1,
  });
}

export const attachArena = ({ transport, address }: LinkSpec): LinkArena =>
  copyingTransportOf(transport as ArenaTransport) === 'ring'
    ? RingBuffer.attach(address)
    : SegmentPool.attach(address);
