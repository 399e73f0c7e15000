import { describeTransport } from '@arena/testkit';
import { fanOutPool } from './pool.js';

describeTransport(fanOutPool, [
  'units',
  'reading',
  'leases',
  'moving the memory of',
  'a unit that native code fills',
  'waiting',
  'end of stream',
  'places',
  'termination',
  'loss',
  'stats',
]);
