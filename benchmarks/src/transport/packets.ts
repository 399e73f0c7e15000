/** The kind `packets`: the producer demuxes video packets from a clip that was encoded before. */
import { type Clip, md5OfPacket } from './clip.js';

type Video = typeof import('@arena/video');

let loaded: Video | undefined;

/** Loads the package of video, and makes its packets known to the transports, in this process. */
export async function loadVideo(): Promise<Video> {
  loaded ??= await import('@arena/video');
  return loaded;
}

/** The packets of the clip, demuxed `times` times, each time into memory of its own. */
export async function demuxClip({ path }: Clip, times: number): Promise<unknown[]> {
  const { demux } = await loadVideo();
  const payloads: unknown[] = [];
  for (let index = 0; index < times; index += 1) payloads.push(await demux(path));
  return payloads;
}

/**
 * Checks that item `index` of a pass holds the clip's packets. Compares the bytes of one packet, another
 * packet in each item.
 *
 * @throws {Error} The item holds something else.
 */
export function verifyPackets(payload: unknown, index: number, { byteLength, md5s }: Clip): void {
  if (loaded === undefined || !(payload instanceof loaded.VideoPackets)) {
    throw new Error(`item ${index} arrived as ${typeof payload} and holds no video packets`);
  }
  if (payload.length !== md5s.length || payload.packedByteLength !== byteLength) {
    throw new Error(
      `item ${index} arrived with ${payload.length} packets in ${payload.packedByteLength} bytes, ` +
        `${md5s.length} in ${byteLength} were sent`,
    );
  }
  const looked = index % md5s.length;
  if (md5OfPacket(payload, looked) !== md5s[looked]) {
    throw new Error(`item ${index} arrived with other bytes than were sent, in packet ${looked}`);
  }
}
