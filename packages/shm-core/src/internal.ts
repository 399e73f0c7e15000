/** Shared by the packages of arena, and not meant for users. It changes without notice. */
export { type AddonSource, isLack, type Lack, loadAddon } from './addon/load-addon.js';
export { target } from './addon/target.js';
export * from './arguments.js';
export { maxViewBytes } from './array-buffers.js';
export { Attachment } from './attachment.js';
export { BaseArena } from './base-arena.js';
export { BroadcastReader } from './broadcast-reader.js';
export { WriteOptions } from './call-options.js';
export { CopiedLease } from './copied-lease.js';
export { defaultCopyThreshold } from './copy-threshold.js';
export { createChecks, planFor } from './create-options.js';
export * from './diagnosis/index.js';
export type { EndpointParts } from './endpoint.js';
export { readerOptions, writerChecks, writerOptions } from './endpoint-options.js';
export { messageOf } from './error-message.js';
export { invalidRange, invalidType } from './errors.js';
export { handleOf } from './handle.js';
export {
  constants,
  isDetached,
  type NativeBroadcastReader,
  type NativePoolPlan,
  type NativeReader,
  type NativeRingPlan,
  type NativeWriter,
  Status,
  whyUnsupported,
} from './native.js';
export { nearestName } from './nearest-name.js';
export { holdUnitOf } from './open-unit.js';
export { Options, required } from './options.js';
export { ArenaReader, type Polled } from './reader.js';
export { at, numbers } from './results.js';
export {
  type Excess,
  exceeds,
  type FreeRoom,
  neededBytes,
  type Shortage,
  sizeText,
  type UnitSize,
} from './room.js';
export { reasonToStay, StaysHere } from './stays-here.js';
export { turn, turnIsDue } from './turn.js';
export { type Iterated, iteratorStaysHere, UnitIterator } from './unit-iterator.js';
export { version } from './version.js';
export { ArenaWriter } from './writer.js';
export type { WriterPolicy } from './writer-policy.js';
