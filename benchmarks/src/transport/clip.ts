/** The video clip that the kind `packets` sends, encoded before anything is measured. */
import { createHash } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { VideoPackets } from '@arena/video';
import { bytesOfMiB } from './config.js';

/** The description of the clip for both processes of a cell. */
export interface Clip {
  /** Every process of this user can open it, as long as the process that encoded it keeps it open. */
  readonly path: string;
  /** Bytes of the packets as they travel, with their padding and their descriptions. */
  readonly byteLength: number;
  /** MD5 of each packet. */
  readonly md5s: readonly string[];
}

/** A larger clip lasts longer, because the encoder's limit is a little above this rate. */
const mostBytesPerSecond = 100_000_000;

/** MD5 of one packet. */
export function md5OfPacket(packets: VideoPackets, index: number): string {
  const packet = packets.at(index);
  const bytes = new Uint8Array(packet?.byteLength ?? 0);
  packet?.copyTo(bytes);
  return createHash('md5').update(bytes).digest('hex');
}

/** Keeps `bytes` in a file without a name, which no crash leaves behind. */
async function keepNameless(bytes: Uint8Array) {
  const folder = await mkdtemp(join(tmpdir(), 'arena-clip-'));
  try {
    const file = await open(join(folder, 'clip.mp4'), 'wx+', 0o600);
    await file.writeFile(bytes);
    return file;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * Encodes a clip whose packets have about `sizeMiB`.
 *
 * @throws {ArenaError} `ERR_ARENA_LIBAV_MISSING`; `ERR_ARENA_MEDIA`: libav has no H.264 encoder.
 */
export async function encodeClip(sizeMiB: number): Promise<Clip & AsyncDisposable> {
  const { createVideoData, demux } = await import('@arena/video');
  const targetBytes = bytesOfMiB(sizeMiB);
  const durationSeconds = Math.max(2, targetBytes / mostBytesPerSecond);
  const mp4 = await createVideoData(targetBytes, { durationSeconds });
  using packets = await demux(mp4);
  const file = await keepNameless(mp4);
  return {
    path: `/proc/${process.pid}/fd/${file.fd}`,
    byteLength: packets.packedByteLength,
    md5s: Array.from({ length: packets.length }, (_, index) => md5OfPacket(packets, index)),
    [Symbol.asyncDispose]: () => file.close(),
  };
}
