import { describeTransport } from '@arena/testkit';
import { fanOutPool } from './pool.js';

describeTransport(fanOutPool, [
  'units',
  'reading',
  'leases',
  'waiting',
  'end of stream',
  'places',
  'termination',
  'loss',
  'stats',
]);
