/** Emptying ArrayBuffers, and the longest view of this runtime. */
import { constants } from 'node:buffer';

/** The longest view of this runtime in bytes: 4 GiB in Node.js 20. Tests set the variable. */
export const maxViewBytes = Number(process.env.ARENA_MAX_VIEW_BYTES ?? constants.MAX_LENGTH);

/** The ArrayBuffer of Node.js 22 and later. */
interface MovableBuffer extends ArrayBuffer {
  readonly detached: boolean;
  transfer(byteLength: number): ArrayBuffer;
}

const { transfer } = ArrayBuffer.prototype as Partial<MovableBuffer>;

/**
 * Returns a function that makes every view of a buffer empty. That function returns false when the
 * buffer was moved before or cannot be emptied: then its memory can still be seen.
 *
 * This is intentional: from Node.js 24 on, Node-API's own function ends the process when the buffer is
 * marked as untransferable. So that function (`detach`) is used only without `transfer`.
 */
export function emptier(detach: (buffer: ArrayBuffer) => boolean): typeof detach {
  if (!transfer) return detach;
  return (buffer) => {
    // transfer() throws when the buffer was moved. A check before it would cost time for every lease.
    try {
      transfer.call(buffer, 0);
      return true;
    } catch {
      return false;
    }
  };
}

/** Returns a function that tells whether a buffer was moved away. Node.js 20 needs `ask` for that. */
export const detachedTest = (ask: (buffer: ArrayBuffer) => boolean) =>
  function isDetached(buffer: ArrayBufferLike): boolean {
    if (buffer.byteLength > 0) return false;
    const { detached } = buffer as Partial<MovableBuffer>;
    return detached ?? (buffer instanceof ArrayBuffer && ask(buffer));
  };
