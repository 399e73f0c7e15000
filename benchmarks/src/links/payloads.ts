import { wordAt } from '../kit/payload-words.js';

/** Different payloads that a writer rotates through, so that a message differs from its neighbours. */
const distinct = 4;

const checkedBytes = 64;

const byteAt = (variant: number, index: number) => wordAt(variant, index) & 255;

/** Payloads whose pages are all written. Pages that were never written copy several times too fast. */
export const makePayloads = (sizeBytes: number): Uint8Array[] =>
  Array.from({ length: distinct }, (_, variant) => {
    const bytes = new Uint8Array(sizeBytes);
    for (let index = 0; index < sizeBytes; index++) bytes[index] = byteAt(variant, index);
    return bytes;
  });

/**
 * Checks that message `index` of a pass arrived as it was sent: its length, and bytes at places spread over
 * the message.
 *
 * @throws {Error} The message differs. Then the transport has a fault, and its speed means nothing.
 */
export function verifyMessage(bytes: Uint8Array, index: number, sizeBytes: number): void {
  if (bytes.byteLength !== sizeBytes) {
    throw new Error(`message ${index} arrived with ${bytes.byteLength} bytes of ${sizeBytes}`);
  }
  const last = sizeBytes - 1;
  for (let check = 0; check <= checkedBytes; check++) {
    const at = Math.floor((last * check) / checkedBytes);
    if (bytes[at] !== byteAt(index % distinct, at)) {
      throw new Error(`message ${index} arrived with other bytes than were sent, at offset ${at}`);
    }
  }
}
