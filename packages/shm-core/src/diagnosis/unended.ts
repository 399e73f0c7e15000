import type { ArenaErrorDetails } from '../errors.js';
import type { NativeUnended } from '../native.js';
import { durationText } from './duration.js';

/** The open unit that holds a call up, as an error tells it. Empty without such a unit. */
export interface Unended {
  /** Begins with "; ", or is empty. */
  readonly fact: string;
  /** The remedy for such a unit. It replaces the remedy that the error would have without one. */
  readonly remedy: string | undefined;
  readonly details: ArenaErrorDetails;
}

const none: Unended = { fact: '', remedy: undefined, details: {} };

/**
 * With a unit timeout, other processes end an open unit. They cannot end a unit whose bytes its writer is
 * copying into the arena: a process that is stopped in the copy holds the others up.
 */
const remedyFor = (unitTimeoutMs: number): string =>
  unitTimeoutMs === 0
    ? 'Commit or abort that unit, or create the arena with unitTimeoutMs. A unit whose buffer was moved ends when that buffer is collected.'
    : `Another process ends that unit after ${unitTimeoutMs} ms (unitTimeoutMs), but not while its writer copies the bytes: if that process is stopped, let it go on (SIGCONT), or end it.`;

/** @param unitTimeoutMs Of the arena; 0 for ever. */
export function unendedOf(found: NativeUnended | undefined, unitTimeoutMs: number): Unended {
  if (found === undefined) return none;
  const [pid, milliseconds] = found;
  const who = pid === process.pid ? `this process (${pid})` : `process ${pid}`;
  const since = milliseconds < 0 ? '' : ` for ${durationText(milliseconds)}`;
  return {
    fact: `; the next unit has been open in ${who}${since}, and no reader passes it`,
    remedy: remedyFor(unitTimeoutMs),
    details: {
      unendedWriterPid: pid,
      ...(milliseconds < 0 ? {} : { unendedForMs: milliseconds }),
    },
  };
}
