/** Finds the process whose segments keep the writers of a pool waiting. */
import type { ArenaSnapshot } from './snapshot.js';

/** The segments that one attachment holds while writers wait. */
export interface HeldSegments {
  readonly total: number;
  readonly leased: number;
  readonly open: number;
  readonly oldestMs: number;
  /** The longest wait of a writer. */
  readonly waitingMs: number;
  /** Identifies this stall. It stays the same while no segment moves. */
  readonly stall: string;
}

/** The oldest segment is held by other peers: their indices. */
export interface HeldByOthers {
  readonly askFor: readonly number[];
}

/**
 * Returns undefined unless a writer has waited `longMs` for a segment, and a segment was held for as long.
 *
 * @param own Indices of the attachment's peers.
 */
export function heldSegments(
  snapshot: ArenaSnapshot,
  own: readonly number[],
  longMs: number,
): HeldSegments | HeldByOthers | undefined {
  const waitingMs = longestWait(snapshot);
  const held = snapshot.segments.filter(({ use }) => use !== 'queued');
  if (waitingMs < longMs || snapshot.freeSegments > 0 || held.length === 0) return undefined;
  const oldest = held.reduce((a, b) => (b.ageMs > a.ageMs ? b : a));
  if (oldest.ageMs < longMs) return undefined;
  const isOwn = (holders: readonly number[]) => holders.some((index) => own.includes(index));
  const mine = held.filter(({ holders }) => isOwn(holders));
  if (mine.length < snapshot.segmentCount && !isOwn(oldest.holders)) {
    return { askFor: oldest.holders };
  }
  return {
    total: snapshot.segmentCount,
    leased: mine.filter(({ use }) => use === 'leased').length,
    open: mine.filter(({ use }) => use === 'open').length,
    oldestMs: Math.max(...mine.map(({ ageMs }) => ageMs)),
    waitingMs,
    stall: mine.map(({ index, generation }) => `${index}:${generation}`).join(),
  };
}

/** The longest wait of a writer that waits for a segment while none is free. */
const longestWait = ({ peers }: ArenaSnapshot): number =>
  Math.max(
    0,
    ...peers
      .filter(({ role, wantsSegment, room }) => role === 'writer' && wantsSegment && !room)
      .map(({ waitingMs = 0 }) => waitingMs),
  );
