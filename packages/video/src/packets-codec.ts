/** The codec of `VideoPackets` in an item. */
import type { Codec } from '@arena/payloads';
import { ArenaError } from '@arena/shm-core';
import { packetsOfBytes, VideoPackets } from './video-packets.js';

/**
 * The packed bytes are one payload, with padding and without pointers. They arrive as packets over the item's
 * memory, and decoders read them in place. The item's lease is held until the last AVPacket is gone.
 */
export const videoPacketsCodec: Codec<VideoPackets> = {
  name: 'arena.video-packets',
  matches: (value) => value instanceof VideoPackets,
  encode: (packets) => {
    const { packedByteLength: byteLength } = packets;
    if (!packets.active) {
      throw new ArenaError('ERR_ARENA_CLOSED', 'video packets that were released cannot be sent');
    }
    return {
      payloads: [{ bytes: { byteLength, copyTo: (to) => void packets.copyTo(to) }, alignment: 64 }],
    };
  },
  decode: (_meta, payloads, owner) => {
    const [bytes] = payloads;
    if (bytes === undefined || payloads.length !== 1) {
      throw new ArenaError(
        'ERR_ARENA_CORRUPT',
        `video packets arrive as one payload, not as ${payloads.length}`,
      );
    }
    return packetsOfBytes(bytes, owner);
  },
};
