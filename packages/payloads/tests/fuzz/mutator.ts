/** Damages sent items in bytes, lengths and whole parts, reproducibly. */

/** An envelope and its unit. */
export interface Input {
  readonly envelope: Uint8Array;
  readonly unit: Uint8Array;
}

/** Numbers that decode to edges: of a byte, of 32 bits, of what a double counts, and beyond. */
const varints = [0, 1, 0x7f, 0x80, 0x3fff, 0x7fff_ffff, 0x8000_0000, 0xffff_fff4, 0xffff_ffff]
  .map(varintOf)
  .concat([
    [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f],
    [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f],
  ]);

function varintOf(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
  return [...bytes, rest];
}

/** An envelope stays below this, however often it is lengthened. */
const longest = 4096;

export class Mutator {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 up to, not including, `limit`. Source: George Marsaglia's xorshift. */
  below(limit: number): number {
    let x = this.#state || 0x9e37_79b9;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x >>> 0;
    return this.#state % limit;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  /** `input` with a few changes, parts of `other` among them. */
  mutate(input: Input, other: Input): Input {
    let { envelope, unit } = input;
    for (let changes = 1 + this.below(4); changes > 0; changes--) {
      if (unit.length > 0 && this.below(4) === 0) unit = this.#changed(unit, other.unit);
      else envelope = this.#changed(envelope, other.envelope);
    }
    return { envelope, unit };
  }

  #changed(bytes: Uint8Array, other: Uint8Array): Uint8Array {
    const at = this.below(bytes.length + 1);
    const length = 1 + this.below(12);
    const before = bytes.subarray(0, at);
    const part = (from: Uint8Array) => {
      const start = this.below(from.length + 1);
      return from.subarray(start, start + length);
    };
    const ways: (() => Uint8Array)[] = [
      () => joined(before, [(bytes[at] ?? 0) ^ (1 << this.below(8))], bytes.subarray(at + 1)),
      () => joined(before, [this.below(256)], bytes.subarray(at + 1)),
      () => joined(before, [this.below(24)], bytes.subarray(at + 1)),
      () => joined(before, this.pick(varints), bytes.subarray(at + this.below(2))),
      () => joined(before, bytes.subarray(at + length)),
      () => joined(before, part(bytes), bytes.subarray(at)),
      () => joined(before, part(other), bytes.subarray(at + this.below(2) * length)),
      () => joined(before, part(other).subarray(0, 1), bytes.subarray(at)),
    ];
    const changed = this.pick(ways)();
    return changed.length > longest ? bytes : changed;
  }
}

function joined(...parts: ArrayLike<number>[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => Array.from(part)));
}
