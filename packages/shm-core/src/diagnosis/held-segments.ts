/** Who keeps the writers of a pool waiting by what it holds. */
import type { ArenaSnapshot } from './snapshot.js';

/** What one attachment holds while writers wait. */
export interface HeldSegments {
  readonly total: number;
  readonly leased: number;
  readonly open: number;
  readonly oldestMs: number;
  /** For how long a writer has waited. */
  readonly waitingMs: number;
  /** Tells this stall apart from another one: nothing of it has moved while it stays the same. */
  readonly stall: string;
}

/** Others that hold the oldest segment: indices of peers. */
export interface HeldByOthers {
  readonly askFor: readonly number[];
}

/**
 * Nothing unless a writer has waited for a segment for `longMs`, and some segment is held for as long.
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

/** Of the writers that wait for a segment, and could not have one. */
const longestWait = ({ peers }: ArenaSnapshot): number =>
  Math.max(
    0,
    ...peers
      .filter(({ role, wantsSegment, room }) => role === 'writer' && wantsSegment && !room)
      .map(({ waitingMs = 0 }) => waitingMs),
  );
