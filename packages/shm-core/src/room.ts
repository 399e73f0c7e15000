/** The room that a unit needs, the room that an arena has, and how a transport explains a lack of room. */

export interface UnitSize {
  readonly byteLength: number;
  readonly envelopeLength: number;
  /** Up to so many bytes go into the queue, although there may be segments. */
  readonly queueLimit: number;
}

export interface FreeRoom {
  readonly segments: number;
  /** Bytes and records of the queue. */
  readonly bytes: number;
  readonly records: number;
}

/** Why a unit finds no room now. */
export interface Shortage {
  /** The needed and the free room: `need 100 bytes, 0 free`. */
  readonly fact: string;
  /** The option that would make room, or another remedy. */
  readonly remedy: string;
  readonly freeBytes: number;
}

/** Why a unit can never fit. */
export interface Excess {
  /** The limit that the unit exceeds: `segmentSize 65536`. */
  readonly fact: string;
  readonly remedy: string;
  readonly maxBytes: number;
}

export const sizeText = ({ byteLength, envelopeLength }: UnitSize): string =>
  envelopeLength > 0
    ? `${byteLength} bytes and an envelope of ${envelopeLength}`
    : `${byteLength} bytes`;

/** All bytes of a unit, for `details.neededBytes`. */
export const neededBytes = ({ byteLength, envelopeLength }: UnitSize): number =>
  byteLength + envelopeLength;

/** A unit that is larger than the limit of `option`. */
export const exceeds = (option: string, maxBytes: number): Excess => ({
  fact: `never fit into ${option} ${maxBytes}`,
  remedy: `Create the arena with a larger ${option}, or send less at once.`,
  maxBytes,
});
