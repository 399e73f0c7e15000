/** Explains why a unit finds no room in a pool: in a segment, or in the queue. */
import {
  type Excess,
  exceeds,
  type FreeRoom,
  neededBytes,
  type Shortage,
  type UnitSize,
} from '@arena/shm-core/internal';

export interface PoolSizes {
  readonly segmentSize: number;
  readonly segmentCount: number;
  /** Bytes of the queue. */
  readonly capacity: number;
  /** The largest envelope beside a unit in a segment. */
  readonly envelopeBytes: number;
}

const takesSegment = ({ byteLength, queueLimit }: UnitSize): boolean =>
  byteLength > 0 && byteLength > queueLimit;

export function shortageIn(pool: PoolSizes, unit: UnitSize, free: FreeRoom): Shortage {
  const needed = neededBytes(unit);
  if (takesSegment(unit)) {
    const freeBytes = free.segments * pool.segmentSize;
    const fact = `need ${needed} bytes, ${freeBytes} free: ${free.segments} of ${pool.segmentCount} segments`;
    return { fact, remedy: 'Raise segmentCount, or read and release sooner.', freeBytes };
  }
  const fact = `need ${needed} bytes of the queue, ${free.bytes} bytes and ${free.records} records free`;
  return { fact, remedy: 'Raise queueBytes, or read faster.', freeBytes: free.bytes };
}

export function excessOver(pool: PoolSizes, unit: UnitSize): Excess {
  if (!takesSegment(unit)) return exceeds('queueBytes', pool.capacity);
  if (unit.byteLength > pool.segmentSize) return exceeds('segmentSize', pool.segmentSize);
  return {
    fact: `are more than a segment takes, whose envelope is at most ${pool.envelopeBytes} bytes`,
    remedy:
      "Send the rest of the envelope among the unit's bytes, or items with a smaller maxEnvelopeBytes.",
    maxBytes: pool.segmentSize,
  };
}
