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
