import type { Transport } from '@arena/testkit';
import { RingBuffer, type WhenFull } from '@arena/transport-ring';

const ringThat = (name: string, whenFull: WhenFull): Transport<RingBuffer> => ({
  name,
  arenaClass: RingBuffer,
  module: import.meta.resolve('@arena/transport-ring'),
  options: ({ unitBytes, units, ...more }) => ({ capacity: unitBytes * units, whenFull, ...more }),
  broadcast: true,
  zeroCopy: false,
});

export const ring = ringThat('ring', 'wait');
export const throwingRing = ringThat('ring that fails when full', 'throw');
export const overwritingRing = ringThat('ring that overwrites', 'overwrite');
