import type { Transport } from '@arena/testkit';
import { FanOutPool, SegmentPool } from '@arena/transport-pool';

const module = import.meta.resolve('@arena/transport-pool');

/** Each unit goes to one reader. */
export const pool: Transport<SegmentPool> = {
  name: 'pool',
  arenaClass: SegmentPool,
  module,
  options: ({ unitBytes, units, ...more }) => ({
    segmentSize: unitBytes,
    segmentCount: units,
    ...more,
  }),
  broadcast: false,
  zeroCopy: true,
};

/** Each unit goes to every reader. */
export const fanOutPool: Transport<FanOutPool> = {
  ...pool,
  name: 'pool with fan-out',
  arenaClass: FanOutPool,
  broadcast: true,
};
