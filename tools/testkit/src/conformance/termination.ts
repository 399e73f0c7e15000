import type { BusyName } from '../peers/busy-thread.js';
import type { Stage } from '../stage.js';
import { describeTerminatedThreads, type Ending } from '../terminated-threads.js';

const busyNames: BusyName[] = [
  'reads',
  'iterates',
  'readsSync',
  'readsMany',
  'readsInto',
  'keepsLeases',
  'opensReaders',
  'acquires',
  'writes',
];

export function describeTermination(stage: Stage): void {
  describeTerminatedThreads(stage, [
    ...busyNames.map((doing): Ending => [doing, doing, 'exit code 1']),
    ['exits when it is woken', 'exits', 'exit code 3'],
    ['has used up its memory', 'hoards', 'ERR_WORKER_OUT_OF_MEMORY'],
  ]);
}
