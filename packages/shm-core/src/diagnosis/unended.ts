import type { ArenaErrorDetails } from '../errors.js';
import type { NativeUnended } from '../native.js';
import { durationText } from './duration.js';

/** What an error says about the open unit that holds a call up: nothing where there is none. */
export interface Unended {
  /** Begins with "; ", or is empty. */
  readonly fact: string;
  /** What helps, instead of what would help if there were no such unit. */
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
    fact: `; the unit that comes next has been open in ${who}${since}, and nobody passes it`,
    remedy: 'Have it committed or aborted there, or create the arena with unitTimeoutMs.',
    details: {
      unendedWriterPid: pid,
      ...(milliseconds < 0 ? {} : { unendedForMs: milliseconds }),
    },
  };
}
