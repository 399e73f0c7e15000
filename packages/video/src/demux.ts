/** From media files to packets. */
import { Options } from '@arena/shm-core/internal';
import {
  checkMinPackets,
  Demuxer,
  type DemuxOptions,
  demuxerChecks,
  emptyRunOf,
  everyPacket,
} from './demuxer.js';
import type { MediaSource } from './media-source.js';
import type { VideoPackets } from './video-packets.js';

export interface DemuxStreamOptions extends DemuxOptions {
  /**
   * Least packets of a batch: the batch ends with the group of pictures that reaches this number; 1 when
   * absent.
   */
  readonly minPackets?: number | undefined;
}

const streamOptions = new Options<DemuxStreamOptions>({
  ...demuxerChecks,
  minPackets: checkMinPackets,
});

/**
 * Reads all packets of one video stream.
 *
 * @throws {ArenaError} `ERR_ARENA_MEDIA`: the source is no media file, lacks the video stream, is damaged or
 *   was cut off; `ERR_ARENA_MEDIA_TOO_LARGE`: the packets would take more than `maxBatchBytes`, or a picture
 *   has more than `maxPixels`; `ERR_ARENA_SYSTEM`: the file cannot be opened; `ERR_ARENA_LIBAV_MISSING`; the
 *   signal's reason.
 */
export async function demux(source: MediaSource, options?: DemuxOptions): Promise<VideoPackets> {
  using demuxer = new Demuxer(source, options);
  const byteLength = await demuxer.gather(everyPacket);
  return byteLength === null ? emptyRunOf(demuxer) : await demuxer.take();
}

/**
 * Reads the packets of one video stream batch by batch; each batch begins with a keyframe.
 *
 * A batch can be decoded alone, except when it begins with an open group of pictures (usual in HEVC). Then
 * the frames that are shown before its keyframe need the batch before. `decode(demuxStream(...))` gives all
 * frames.
 *
 * @throws As {@link demux}.
 */
export async function* demuxStream(
  source: MediaSource,
  options?: DemuxStreamOptions,
): AsyncGenerator<VideoPackets, void, undefined> {
  const { minPackets, ...demuxerOptions } = streamOptions.check(options);
  using demuxer = new Demuxer(source, demuxerOptions);
  while ((await demuxer.gather(minPackets)) !== null) yield await demuxer.take();
}
