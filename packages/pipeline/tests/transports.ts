import type { Arena } from '@arena/shm-core';

export const MiB = 1024 * 1024;

export interface Transport {
  readonly name: 'no-arena' | 'ring' | 'pool';
  /** An arena that holds `units` units of up to `unitBytes`; undefined for none at all. */
  create(unitBytes: number, units: number): Promise<Arena | undefined>;
}

export const ring: Transport = {
  name: 'ring',
  async create(unitBytes, units) {
    const { RingBuffer } = await import('@arena/transport-ring');
    return RingBuffer.create({ capacity: units * (unitBytes + 4096), whenFull: 'wait' });
  },
};

export const pool: Transport = {
  name: 'pool',
  async create(unitBytes, units) {
    const { SegmentPool } = await import('@arena/transport-pool');
    return SegmentPool.create({ segmentSize: unitBytes, segmentCount: units });
  },
};

export const noArena: Transport = { name: 'no-arena', create: async () => undefined };

export const transports: readonly Transport[] = [noArena, ring, pool];
