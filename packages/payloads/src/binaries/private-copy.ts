/** Memory of small binaries of restored items. Many share one allocation, as in Node's Buffer pool. */
import { markAsUntransferable } from 'node:worker_threads';
import { alignUp } from '../envelope/format.js';

const slabBytes = 65536;
/** A larger binary gets its own allocation, because it would waste the rest of a slab. */
const largestShared = slabBytes / 8;

let slab: Uint8Array = new Uint8Array(0);
let used = 0;

/** A copy of `bytes` on an 8-byte boundary. No other code writes to that memory. */
export function privateCopy(bytes: Uint8Array): Uint8Array {
  const { length } = bytes;
  if (length > largestShared) return new Uint8Array(bytes);
  if (used + length > slab.length) {
    slab = new Uint8Array(slabBytes);
    used = 0;
    // A transfer of one binary's buffer would take the other binaries along.
    markAsUntransferable(slab.buffer);
  }
  const copy = new Uint8Array(slab.buffer, used, length);
  copy.set(bytes);
  used = alignUp(used + length, 8);
  return copy;
}
