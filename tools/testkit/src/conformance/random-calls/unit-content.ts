/** The content of the units that random calls write. */

/** What a unit carries, and what its reader must get. */
export interface UnitContent {
  readonly number: number;
  readonly bytes: Uint8Array;
  readonly envelope: Uint8Array;
}

/** A prime, so that units of neighbouring numbers differ everywhere. */
const stride = 8191;

/** Longer than the largest unit, so that every unit begins at another place. */
const noise = noiseOf(2 ** 20);

function noiseOf(byteLength: number): Uint8Array {
  const words = new Uint32Array(byteLength / 4);
  let state = 2463534242;
  for (let at = 0; at < words.length; at++) {
    // Marsaglia's xorshift.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[at] = state;
  }
  return new Uint8Array(words.buffer);
}

function cut(number: number, byteLength: number): Uint8Array {
  const at = (number * stride) % (noise.length - byteLength + 1);
  return noise.subarray(at, at + byteLength);
}

export const contentOf = (
  number: number,
  byteLength: number,
  envelopeLength: number,
): UnitContent => ({
  number,
  bytes: cut(number, byteLength),
  envelope: cut(number + 1, envelopeLength),
});

export const equal = (one: Uint8Array, other: Uint8Array): boolean =>
  Buffer.compare(one, other) === 0;

/** Throws when `found` is not what was written. `what` names it. */
export function expectBytes(what: string, found: Uint8Array, written: Uint8Array): void {
  if (equal(found, written)) return;
  const { length } = found;
  if (length !== written.length)
    throw new Error(`${what} has ${length} bytes of ${written.length}`);
  const at = found.findIndex((byte, index) => byte !== written[index]);
  throw new Error(`${what} of ${length} bytes differs from byte ${at} on`);
}
