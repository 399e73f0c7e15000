/**
 * A process of a crew: writes or reads until it is told to stop, or is killed. Its assignment is its
 * first argument; what it does goes to the ledger, what goes wrong to its parent.
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
      // Nothing is left that keeps the process: the arena is closed, the channel is let go.
      () => process.disconnect(),
      (error) => process.send?.(String(error?.stack ?? error), () => process.exit(1)),
    );
  }
});
