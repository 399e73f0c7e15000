/** Leases on bytes of a test's own, in a pool. */
import type { Lease } from '@arena/shm-core';
import { SegmentPool } from '@arena/transport-pool';
import { afterEach } from 'vitest';

const pools: SegmentPool[] = [];
afterEach(() => {
  for (const pool of pools.splice(0)) pool.close();
});

export interface LeasedBytes {
  readonly lease: Lease;
  /** False once the segment is free again. */
  readonly isLeased: () => boolean;
  /** Overwrites the segment, if a writer can have it. */
  readonly overwrite: () => void;
}

export async function leaseOn(bytes: Uint8Array): Promise<LeasedBytes> {
  const options = { segmentSize: bytes.byteLength, segmentCount: 1, populate: false };
  const pool = SegmentPool.create({ ...options, writers: Number.POSITIVE_INFINITY });
  pools.push(pool);
  const writer = pool.writer({ copyThreshold: 0 });
  const reader = pool.reader();
  await writer.write(bytes);
  const lease = (await reader.read()) as Lease;
  return {
    lease,
    isLeased: () => pool.stats().leasesOut > 0,
    overwrite: () => {
      const unit = writer.tryAcquire(bytes.byteLength);
      unit?.bytes.fill(0xff);
      unit?.abort();
    },
  };
}
