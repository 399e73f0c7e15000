import type { Arena } from '@arena/shm-core';
import { SegmentPool } from '@arena/transport-pool';
import { RingBuffer } from '@arena/transport-ring';

export const MiB = 1024 * 1024;

export interface Transport {
  readonly name: 'no-arena' | 'ring' | 'pool';
  /** An arena that holds `units` units of up to `unitBytes`; undefined for none at all. */
  create(unitBytes: number, units: number): Arena | undefined;
}

export const transports: readonly Transport[] = [
  { name: 'no-arena', create: () => undefined },
  {
    name: 'ring',
    create: (unitBytes, units) =>
      RingBuffer.create({ capacity: units * (unitBytes + 4096), whenFull: 'wait' }),
  },
  {
    name: 'pool',
    create: (unitBytes, units) =>
      SegmentPool.create({ segmentSize: unitBytes, segmentCount: units }),
  },
];
