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

export function unendedOf(found: NativeUnended | undefined): Unended {
  if (found === undefined) return none;
  const [pid, milliseconds] = found;
  const who = pid === process.pid ? `this process (${pid})` : `process ${pid}`;
  const since = milliseconds < 0 ? '' : ` for ${durationText(milliseconds)}`;
  return {
    fact: `; the next unit has been open in ${who}${since}, and no reader passes it`,
    remedy: 'Commit or abort that unit, or create the arena with unitTimeoutMs.',
    details: {
      unendedWriterPid: pid,
      ...(milliseconds < 0 ? {} : { unendedForMs: milliseconds }),
    },
  };
}
