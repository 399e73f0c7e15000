/** Finds payloads in the unit of the item that is being decoded. */
import { alignUp, corrupt } from './format.js';

const noBytes = new Uint8Array(0);

/** Computes the places that `UnitPlan` has computed. It reads no place from the envelope. */
export class UnitCursor {
  #bytes: Uint8Array = noBytes;
  /** The end of the payloads so far; the next payload starts there or later. */
  #end = 0;
  #taken = 0;

  begin(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#end = bytes.byteLength;
    this.#taken = 0;
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Takes the unit's tail, which holds the body of an envelope that spilled. */
  takeTail(byteLength: number): Uint8Array {
    if (byteLength > this.#end) {
      throw corrupt(`it announces ${byteLength} bytes in a unit of ${this.#end}`);
    }
    this.#end -= byteLength;
    return this.#bytes.subarray(this.#end);
  }

  /** Where in the unit the next payload starts. */
  take(byteLength: number, alignment: number, padding: number): number {
    const at = alignUp(this.#taken, alignment);
    const end = at + byteLength + padding;
    if (end > this.#end) throw corrupt(`a payload ends at byte ${end} of ${this.#end}`);
    this.#taken = end;
    return at;
  }

  /** Checks that every byte of the unit was used. The unit's tail starts at a multiple of 8. */
  checkAllTaken(spilled: boolean): void {
    const end = spilled ? alignUp(this.#taken, 8) : this.#taken;
    if (end !== this.#end) throw corrupt(`its payloads take ${end} of ${this.#end} bytes`);
  }
}
