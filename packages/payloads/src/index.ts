export type { Codec, EncodedValue, Payload, PayloadSource } from './codec.js';
export { registerCodec } from './codecs/registry.js';
export { readTag } from './envelope/format.js';
export { ItemReader, type ItemResult } from './item-reader.js';
export { ItemWriter, type ItemWriterOptions, type TagOptions } from './item-writer.js';
export {
  defaultMaxEnvelopeBytes,
  maxBareEnvelopeBytes,
  type OffloadedItem,
  type OffloadOptions,
  offloadItem,
  type PackedItem,
} from './offload-item.js';
export { type PackOptions, packItem, unpackItem } from './packed-item.js';
export { type Restored, releaseItem, restoreItem } from './restore-item.js';
export { isTensor, type Tensor, type TensorData, type TensorDtype } from './tensor.js';
