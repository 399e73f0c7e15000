/**
 * Whole items through an arena: objects with typed arrays, tensors and bytes at any depth. Begin with
 * {@link ItemWriter}, {@link ItemReader} and {@link releaseItem}.
 *
 * @packageDocumentation
 */
export type { Codec, EncodedValue, Payload, PayloadSource } from './codec.js';
export { registerCodec } from './codecs/registry.js';
export { readTag } from './envelope/format.js';
export { holdItem, type Restored, releaseItem, useItem } from './item-lease.js';
export { ItemReader, type ItemResult } from './item-reader.js';
export { ItemWriter, type ItemWriterOptions } from './item-writer.js';
export {
  defaultMaxEnvelopeBytes,
  maxBareEnvelopeBytes,
  type OffloadOptions,
  offloadItem,
  type PlacingOptions,
  type TagOptions,
} from './offload-item.js';
export type { OffloadedItem, PackedItem } from './offloaded-item.js';
export { type PackOptions, packItem, unpackItem } from './packed-item.js';
export { restoreItem } from './restore-item.js';
export { isTensor, type Tensor, type TensorData, type TensorDtype } from './tensor.js';
