/**
 * A process of a crew. It writes or reads until it is told to stop, or is killed. Its first argument is its
 * assignment. It writes its steps into the ledger, and reports faults to its parent.
 */
import { Random } from '../random.js';
import { LedgerWriter } from './ledger.js';
import { ReaderRole } from './reader-role.js';
import { attachArena } from './shapes.js';
import { WriterRole } from './writer-role.js';

/**
 * @typedef {object} Assignment
 * @property {'writer' | 'reader'} role
 * @property {number} id Names this process in units.
 * @property {string} handle
 * @property {import('./shapes.js').Shape} shape
 * @property {number} seed
 * @property {number} pauseMs Longest pause between two operations.
 * @property {'oldest' | 'newest' | 'next'} from
 */

/** @type {Assignment} */
const assignment = JSON.parse(process.argv[2] ?? '');
const role = start();

function start() {
  const random = new Random(assignment.seed);
  const arena = attachArena(assignment.shape, assignment.handle);
  const Role = assignment.role === 'writer' ? WriterRole : ReaderRole;
  return new Role(arena, assignment, random, new LedgerWriter());
}

process.on('message', (/** @type {'go' | 'stop' | 'leave'} */ message) => {
  if (message === 'leave') role.leave();
  else if (message === 'stop') role.stop();
  else {
    role.run().then(
      // The arena is closed and the channel is released, so the process ends.
      () => process.disconnect(),
      (error) => process.send?.(String(error?.stack ?? error), () => process.exit(1)),
    );
  }
});
