/** What arena does to ArrayBuffers, and how long they can be. */
import { constants } from 'node:buffer';

/** The longest view that this runtime makes, in bytes: 4 GiB in Node.js 20. The variable is for tests. */
export const maxViewBytes = Number(process.env.ARENA_MAX_VIEW_BYTES ?? constants.MAX_LENGTH);

/** As it is in Node.js 22 and later. */
interface MovableBuffer extends ArrayBuffer {
  readonly detached: boolean;
  transfer(byteLength: number): ArrayBuffer;
}

const { transfer } = ArrayBuffer.prototype as Partial<MovableBuffer>;

/**
 * The function that makes every view of a buffer empty. It returns false for a buffer that was moved
 * before, or that cannot be emptied: its memory can still be seen.
 *
 * This is intentional: Node-API's own function ends the process when it is given a buffer that
 * somebody has marked as untransferable (from Node.js 24 on). It serves where there is no other.
 */
export function emptier(detach: (buffer: ArrayBuffer) => boolean): typeof detach {
  if (!transfer) return detach;
  return (buffer) => {
    // Throws for a buffer that was moved. Asking for that before would cost every lease.
    try {
      transfer.call(buffer, 0);
      return true;
    } catch {
      return false;
    }
  };
}

/** The function that tells whether a buffer was moved away; `ask` serves in Node.js 20. */
export const detachedTest = (ask: (buffer: ArrayBuffer) => boolean) =>
  function isDetached(buffer: ArrayBufferLike): boolean {
    if (buffer.byteLength > 0) return false;
    const { detached } = buffer as Partial<MovableBuffer>;
    return detached ?? (buffer instanceof ArrayBuffer && ask(buffer));
  };
