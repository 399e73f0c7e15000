/**
 * Video packets over libav: demux, decode, and travel between processes without a copy.
 *
 * Importing this package registers the codec of `VideoPackets` with `@arena/payloads`. The first use of video
 * loads the native addon. When that fails, `ERR_ARENA_LIBAV_MISSING` says what to install.
 *
 * @packageDocumentation
 */
import { registerCodec } from '@arena/payloads';
import { videoPacketsCodec } from './packets-codec.js';

registerCodec(videoPacketsCodec);

export { createVideoData, type VideoDataOptions } from './create-video-data.js';
export { type DecodeOptions, decode, decodeInto, type PacketSource } from './decode.js';
export { type DecodedInto, Decoder, type DecoderOptions, type FrameTimes } from './decoder.js';
export { type DemuxStreamOptions, demux, demuxStream } from './demux.js';
export { Demuxer, type DemuxOptions } from './demuxer.js';
export type { FrameBatch } from './frame-batches.js';
export type { FrameFormat, FrameShape, FrameSize } from './frame-format.js';
export type { MediaSource } from './media-source.js';
export type { BatchLimits, PictureLimits } from './memory-limits.js';
export { type LibavVersions, libavVersions, type Ratio, type SideData } from './native.js';
export { videoPacketsCodec } from './packets-codec.js';
export type { VideoPacket } from './video-packet.js';
export { VideoPackets } from './video-packets.js';
