import { writeSync } from 'node:fs';
import { threadId } from 'node:worker_threads';
import type { NativeAttachment } from '../native.js';
import { durationText } from './duration.js';
import { findingsOf } from './findings.js';
import { reportOf } from './report.js';

const variable = 'ARENA_DUMP_ON_STALL_MS';
const value = process.env[variable] ?? '';
const asked = value.trim() === '' ? Number.NaN : Number(value);
if (value !== '' && !(asked >= 0)) {
  process.emitWarning(
    `${variable} must be a number of milliseconds, got '${value}'. It is ignored.`,
    {
      type: 'ArenaWarning',
      code: 'ARENA_DUMP_ON_STALL_MS',
    },
  );
}

/** After this wait a call writes the report of `arena inspect` to stderr, once. */
export const dumpAfterMs = asked >= 0 ? asked : Number.POSITIVE_INFINITY;

/** Writes at once and not through a stream: the thread may be blocked, or about to be killed. */
export function writeDump(native: NativeAttachment, waitedMs: number, blocked: boolean): void {
  const thread = threadId === 0 ? '' : `, thread ${threadId}`;
  const call = blocked ? 'A blocking call' : 'A call';
  const first = `${call} of process ${process.pid}${thread} has waited for ${durationText(waitedMs)} (${variable}=${asked}).`;
  const snapshot = native.snapshot(true);
  const text = `${first} The arena: ${reportOf(snapshot, findingsOf(snapshot))}`;
  try {
    writeSync(2, `${text.replace(/^(?=.)/gm, 'arena: ')}\n`);
  } catch {
    // stderr is closed: the dump is lost.
  }
}
