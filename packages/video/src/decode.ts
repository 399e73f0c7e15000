/** From packets to pictures in tensors. */
import { integer, Options } from '@arena/shm-core/internal';
import { type DecodedInto, Decoder, type DecoderOptions, decoderChecks } from './decoder.js';
import { type FrameBatch, FrameBatches } from './frame-batches.js';
import { type BatchLimits, checkMaxBatchBytes, defaultMaxBatchBytes } from './memory-limits.js';
import { VideoPackets } from './video-packets.js';

export interface DecodeOptions extends DecoderOptions, BatchLimits {
  /** Most frames of a batch; 8 when absent. */
  readonly frames?: number | undefined;
}

/** Runs of packets, one after the other. */
export type PacketSource = VideoPackets | Iterable<VideoPackets> | AsyncIterable<VideoPackets>;

const decodeOptions = new Options<DecodeOptions>({
  ...decoderChecks,
  frames: integer(1, 65536),
  maxBatchBytes: checkMaxBatchBytes,
});

/**
 * Decodes packets on other threads into tensors of up to `frames` frames. Every frame has the size that the
 * options give, or else the size of the first run, also when later runs have another size.
 *
 * Runs of one stream are decoded as one run. A run of another stream starts the decoder anew, and starts
 * another batch. Frames outside the runs' `timestamps` are left out. `rotation` is not applied.
 *
 * @throws {ArenaError} `ERR_ARENA_MEDIA`: damaged packets, or libav has no decoder for the codec;
 *   `ERR_ARENA_MEDIA_TOO_LARGE`: a batch would take more than `maxBatchBytes`, or a picture has more
 *   than `maxPixels`; `ERR_ARENA_CLOSED`: packets were released before they were decoded; the
 *   signal's reason.
 */
export async function* decode(
  packets: PacketSource,
  options: DecodeOptions,
): AsyncGenerator<FrameBatch, void, undefined> {
  const checked = decodeOptions.check(options);
  const { frames = 8, maxBatchBytes = defaultMaxBatchBytes, ...decoderOptions } = checked;
  const runs = runsOf(packets)[Symbol.asyncIterator]();
  try {
    const first = await runs.next();
    if (first.done) return;
    using decoder = Decoder.for(first.value, decoderOptions);
    const alone = packets instanceof VideoPackets;
    const batches = new FrameBatches(decoder, runs, frames, maxBatchBytes, alone);
    batches.push(first.value);
    for (let batch = await batches.next(); batch !== null; batch = await batches.next()) {
      yield batch;
    }
  } finally {
    await runs.return?.();
  }
}

/**
 * Decodes packets into `target`, as many frames as fit.
 *
 * @param target As for `Decoder.read`.
 * @throws As `Decoder.read`.
 */
export async function decodeInto(
  packets: VideoPackets,
  target: Uint8Array,
  options: DecoderOptions,
): Promise<DecodedInto> {
  using decoder = Decoder.for(packets, options);
  decoder.push(packets);
  decoder.finish();
  return await decoder.read(target);
}

async function* runsOf(packets: PacketSource): AsyncGenerator<VideoPackets, void, undefined> {
  if (packets instanceof VideoPackets) yield packets;
  else yield* packets;
}
