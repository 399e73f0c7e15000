/**
 * Video packets over libav: demux, decode, and travel between processes without a copy.
 *
 * Importing this makes `VideoPackets` known to `@arena/payloads`; the native addon is loaded when it
 * is first needed, and `ERR_ARENA_LIBAV_MISSING` then says what to install.
 */
import { registerCodec } from '@arena/payloads';
import { videoPacketsCodec } from './packets-codec.js';

registerCodec(videoPacketsCodec);

export { createVideoData, type VideoDataOptions } from './create-video-data.js';
export {
  type DecodedInto,
  type DecodeOptions,
  Decoder,
  type DecoderOptions,
  decode,
  decodeInto,
  type FrameBatch,
  type FrameFormat,
  type FrameShape,
  type FrameTimes,
  type PacketSource,
} from './decode.js';
export {
  Demuxer,
  type DemuxOptions,
  type DemuxStreamOptions,
  demux,
  demuxStream,
  type MediaSource,
} from './demux.js';
export { type LibavVersions, libavVersions, type Ratio, type SideData } from './native.js';
export { videoPacketsCodec } from './packets-codec.js';
export type { VideoPacket } from './video-packet.js';
export { VideoPackets } from './video-packets.js';
