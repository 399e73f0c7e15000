/** What a unit needs, what an arena has, and what a transport says about the difference. */

export interface UnitSize {
  readonly byteLength: number;
  readonly envelopeLength: number;
  /** The bytes go into the queue although there are segments. */
  readonly inline: boolean;
}

export interface FreeRoom {
  readonly segments: number;
  /** Bytes and records of the queue. */
  readonly bytes: number;
  readonly records: number;
}

/** Why a unit finds no room now. */
export interface Shortage {
  /** What is needed and what is free: `need 100 bytes, 0 free`. */
  readonly fact: string;
  /** The option that would make room, and what else helps. */
  readonly remedy: string;
  readonly freeBytes: number;
}

/** Why a unit can never fit. */
export interface Excess {
  /** What it is larger than: `segmentSize 65536`. */
  readonly fact: string;
  readonly remedy: string;
  readonly maxBytes: number;
}

export const sizeText = ({ byteLength, envelopeLength }: UnitSize): string =>
  envelopeLength > 0
    ? `${byteLength} bytes and an envelope of ${envelopeLength}`
    : `${byteLength} bytes`;

/** All bytes of a unit, as `details.neededBytes` tells them. */
export const neededBytes = ({ byteLength, envelopeLength }: UnitSize): number =>
  byteLength + envelopeLength;

/** A unit that is larger than what `option` has room for. */
export const exceeds = (option: string, maxBytes: number): Excess => ({
  fact: `never fit into ${option} ${maxBytes}`,
  remedy: `Create the arena with a larger ${option}, or send less at once.`,
  maxBytes,
});
