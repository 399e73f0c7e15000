/** The errors of a writer that finds no room for a unit. */
import { maxViewBytes } from './array-buffers.js';
import { unendedOf } from './diagnosis/unended.js';
import { ArenaError } from './errors.js';
import type { NativeWriter } from './native.js';
import {
  type Excess,
  type FreeRoom,
  neededBytes,
  type Shortage,
  sizeText,
  type UnitSize,
} from './room.js';

/** Only the transport knows its options, and so how to make room. */
export interface RoomAdvice {
  /** Milliseconds for which a unit may be open. Other processes may end it afterwards. 0 for ever. */
  readonly unitTimeoutMs: number;
  /** Why there is no room for a unit now, and which option makes room. */
  shortage(unit: UnitSize, free: FreeRoom): Shortage;
  /** Why a unit can never fit. */
  excess(unit: UnitSize): Excess;
}

/** Segments can be longer than the longest view of the runtime. */
const unviewable: Excess = {
  fact: `are more than Node.js ${process.version} views at once, ${maxViewBytes}`,
  remedy: 'Send less at once, or use Node.js 22 or later.',
  maxBytes: maxViewBytes,
};

/** The error for a unit that can never fit. */
export function tooLarge(unit: UnitSize, advice: RoomAdvice): ArenaError {
  const { byteLength, envelopeLength } = unit;
  const { fact, remedy, maxBytes } = byteLength > maxViewBytes ? unviewable : advice.excess(unit);
  return new ArenaError(
    'ERR_ARENA_UNIT_TOO_LARGE',
    `unit too large: ${sizeText(unit)} ${fact}. ${remedy}`,
    { byteLength, envelopeLength, maxUnitBytes: maxBytes },
  );
}

/** The error for a unit that finds no room now. */
export function arenaFull(unit: UnitSize, advice: RoomAdvice, native: NativeWriter): ArenaError {
  const [segments, bytes, records] = native.freeRoom();
  const { fact, remedy, freeBytes } = advice.shortage(unit, { segments, bytes, records });
  const unended = unendedOf(native.heldUpBy(), advice.unitTimeoutMs);
  // When an open unit is the reason, no reader is to blame.
  const slowest = unended.remedy === undefined ? native.slowestReader() : undefined;
  const behind =
    slowest && slowest[0] > 0
      ? `; the reader in process ${slowest[1]} is ${slowest[0]} behind`
      : unended.fact;
  return new ArenaError(
    'ERR_ARENA_FULL',
    `shared-memory arena full: ${fact}${behind}. ${unended.remedy ?? remedy}`,
    {
      neededBytes: neededBytes(unit),
      freeBytes,
      readerLag: slowest?.[0],
      readerPid: slowest?.[1],
      ...unended.details,
    },
  );
}
