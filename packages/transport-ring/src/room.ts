/** Explains why a record finds no room in a ring: bytes or records are missing. */
import {
  type Excess,
  exceeds,
  type FreeRoom,
  neededBytes,
  type Shortage,
  type UnitSize,
} from '@arena/shm-core/internal';

export interface RingSizes {
  readonly capacity: number;
  /** Records that can be in flight at once. */
  readonly cellCount: number;
  /** 0 for a ring without slots. */
  readonly slotBytes: number;
}

export function shortageIn(ring: RingSizes, unit: UnitSize, free: FreeRoom): Shortage {
  const needed = neededBytes(unit);
  const fact =
    free.records > 0
      ? `need ${needed} bytes, ${free.bytes} free`
      : `need ${needed} bytes and a record, ${free.bytes} bytes and 0 of ${ring.cellCount} records free`;
  const option = roomOption(ring, ring.cellCount - free.records);
  return { fact, remedy: `Raise ${option}, or read faster.`, freeBytes: free.bytes };
}

/** The option that makes room in a ring of which `used` records are taken. */
export function roomOption({ slotBytes, cellCount }: RingSizes, used: number): string {
  if (slotBytes > 0) return 'slots';
  return used >= cellCount ? 'maxRecords' : 'capacity';
}

export const excessOver = ({ slotBytes, capacity }: RingSizes): Excess =>
  slotBytes > 0 ? exceeds('slotBytes', slotBytes) : exceeds('capacity', capacity);
