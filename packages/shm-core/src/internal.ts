/** Shared by the packages of arena, and not meant for users. It changes without notice. */
export * from './arguments.js';
export { maxViewBytes } from './array-buffers.js';
export * from './diagnosis/index.js';
export { messageOf } from './error-message.js';
export { checkWriters, writersOf } from './expected-writers.js';
export { handleOf } from './handle.js';
export { isDetached } from './native.js';
export { nearestName } from './nearest-name.js';
export { holdUnitOf } from './open-unit.js';
export { Options, required } from './options.js';
export {
  type Excess,
  exceeds,
  type FreeRoom,
  neededBytes,
  type Shortage,
  sizeText,
  type UnitSize,
} from './room.js';
export { turn, turnIsDue } from './turn.js';
