/** Small binaries of restored items, many of them in one allocation, as in Node's pool of Buffers. */
import { markAsUntransferable } from 'node:worker_threads';
import { alignUp } from '../envelope/format.js';

const slabBytes = 65536;
/** More than this is worth an allocation of its own, and would leave too little of a slab. */
const largestShared = slabBytes / 8;

let slab: Uint8Array = new Uint8Array(0);
let used = 0;

/** A copy of `bytes` on an 8-byte boundary, which nothing else writes. */
export function privateCopy(bytes: Uint8Array): Uint8Array {
  const { length } = bytes;
  if (length > largestShared) return new Uint8Array(bytes);
  if (used + length > slab.length) {
    slab = new Uint8Array(slabBytes);
    used = 0;
    // Transferred away with one of them, it would take the others along.
    markAsUntransferable(slab.buffer);
  }
  const copy = new Uint8Array(slab.buffer, used, length);
  copy.set(bytes);
  used = alignUp(used + length, 8);
  return copy;
}
