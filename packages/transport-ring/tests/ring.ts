import type { Transport } from '@arena/testkit';
import { RingBuffer } from '@arena/transport-ring';

/** A ring whose writers wait. */
export const ring: Transport = {
  name: 'ring',
  arenaClass: RingBuffer,
  module: import.meta.resolve('@arena/transport-ring'),
  options: ({ unitBytes, units, ...more }) => ({
    capacity: unitBytes * units,
    whenFull: 'wait',
    ...more,
  }),
  broadcast: true,
  zeroCopy: false,
};
