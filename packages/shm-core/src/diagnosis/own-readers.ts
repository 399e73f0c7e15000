/** Finds a writer that waits for readers of its own thread, while the thread does not read. */
import { durationText } from './duration.js';
import { emitWarning } from './emit-warning.js';
import type { ArenaSnapshot, SnapshotPeer } from './snapshot.js';

export interface UnreadByOwn {
  readonly waitingMs: number;
  readonly unread: number;
  /** The number of units that these readers have read. */
  readonly read: number;
}

/**
 * Returns undefined unless an own writer has waited `longMs` for room, and only own readers could make it.
 *
 * @param own Indices of the attachment's peers.
 */
export function unreadByOwn(
  { peers, broadcast, unreadRecords }: ArenaSnapshot,
  own: readonly number[],
  longMs: number,
): UnreadByOwn | undefined {
  const waits = peers
    .filter(({ role, room, index }) => role === 'writer' && room === false && own.includes(index))
    .map(({ waitingMs = 0 }) => waitingMs);
  const waitingMs = Math.max(0, ...waits);
  const readers = peers.filter(({ role }) => role === 'reader');
  const slowest = broadcast ? slowestOf(readers) : readers;
  const unread = broadcast ? (slowest[0]?.behind ?? 0) : unreadRecords;
  if (waitingMs < longMs || slowest.length === 0 || unread === 0) return undefined;
  if (!slowest.every((one) => own.includes(one.index) && one.waitingMs === undefined))
    return undefined;
  return { waitingMs, unread, read: slowest.reduce((sum, { readUnits }) => sum + readUnits, 0) };
}

/** The readers for which writers wait in an arena in which every reader gets every unit. */
function slowestOf(readers: readonly SnapshotPeer[]): SnapshotPeer[] {
  const most = Math.max(0, ...readers.map(({ behind = 0 }) => behind));
  return readers.filter(({ behind = 0 }) => behind === most);
}

let warned = false;

/** Warns once. @param blocked The writer blocks this thread. */
export function warnOfOwnReaders({ waitingMs, unread }: UnreadByOwn, blocked: boolean): void {
  if (warned) return;
  warned = true;
  const remedy = blocked
    ? 'A call that blocks this thread waits for ever. Read in another process or thread.'
    : 'A write that is awaited goes on only when something reads meanwhile. Begin to read before the first write, without awaiting the loop; or read in another process.';
  emitWarning(
    'ARENA_OWN_READERS',
    `A writer has waited for ${durationText(waitingMs)} for room, and only readers of this same thread can make it. This thread does not read; unread: ${unread}. ${remedy}`,
    blocked,
  );
}
