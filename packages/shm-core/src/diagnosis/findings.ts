/** Finds in a snapshot which calls wait, and what for. */
import { circularFindings } from './circular.js';
import type { ArenaSnapshot } from './snapshot.js';
import { stuckFindings } from './stuck.js';
import { waitingFindings } from './waiting.js';

export interface Finding {
  /**
   * `stuck`: the call will not go on by itself. `circular`: processes wait for each other, and go on only
   * when one of them gives up what it holds. `waits`: the call goes on once another process does.
   */
  readonly kind: 'stuck' | 'circular' | 'waits';
  /** Identifies the finding. The key stays the same while nothing moves. */
  readonly key: string;
  readonly text: string;
}

/** All findings, the worst first. */
export const findingsOf = (snapshot: ArenaSnapshot): Finding[] => [
  ...stuckFindings(snapshot).map((found): Finding => ({ kind: 'stuck', ...found })),
  ...circularFindings(snapshot).map((found): Finding => ({ kind: 'circular', ...found })),
  ...waitingFindings(snapshot).map((found): Finding => ({ kind: 'waits', ...found })),
];

/** The findings of `later`, without calls that are stuck in one snapshot only: these may go on at once. */
export function lastingFindings(earlier: ArenaSnapshot, later: ArenaSnapshot): Finding[] {
  const before = new Set(findingsOf(earlier).map(({ key }) => key));
  return findingsOf(withStarved(earlier, later)).filter(
    ({ key, kind }) => kind !== 'stuck' || before.has(key),
  );
}

/** A process that wants a CPU and runs for less than this share of the time is starved. */
const leastShare = 0.05;

/** `later`, in which starved peers are marked. */
function withStarved(earlier: ArenaSnapshot, later: ArenaSnapshot): ArenaSnapshot {
  const elapsedMs = later.atMs - earlier.atMs;
  const peers = later.peers.map((peer) => {
    const before = earlier.peers.find(({ index, pid }) => index === peer.index && pid === peer.pid);
    const wants = peer.processState === 'R' && before?.processState === 'R';
    const ranMs = peer.ranMs - (before?.ranMs ?? 0);
    return { ...peer, starved: wants && elapsedMs > 0 && ranMs < leastShare * elapsedMs };
  });
  return { ...later, peers };
}
