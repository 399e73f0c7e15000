/** What a snapshot shows of who waits for whom. */
import { circularFindings } from './circular.js';
import type { ArenaSnapshot } from './snapshot.js';
import { stuckFindings } from './stuck.js';
import { waitingFindings } from './waiting.js';

export interface Finding {
  /**
   * `stuck`: it will not go on by itself. `circular`: everybody waits for everybody, unless one of them
   * gives up what it holds. `waits`: it goes on once somebody else does.
   */
  readonly kind: 'stuck' | 'circular' | 'waits';
  /** Tells it apart from other findings, and stays the same while nothing moves. */
  readonly key: string;
  readonly text: string;
}

/** Everything that keeps somebody waiting, the worst first. */
export const findingsOf = (snapshot: ArenaSnapshot): Finding[] => [
  ...stuckFindings(snapshot).map((found): Finding => ({ kind: 'stuck', ...found })),
  ...circularFindings(snapshot).map((found): Finding => ({ kind: 'circular', ...found })),
  ...waitingFindings(snapshot).map((found): Finding => ({ kind: 'waits', ...found })),
];

/** Those of `later`. What is stuck only in one of the two may be a moment, and is left out. */
export function lastingFindings(earlier: ArenaSnapshot, later: ArenaSnapshot): Finding[] {
  const before = new Set(findingsOf(earlier).map(({ key }) => key));
  return findingsOf(withStarved(earlier, later)).filter(
    ({ key, kind }) => kind !== 'stuck' || before.has(key),
  );
}

/** Below this share of the time a process that wants a CPU does not get on. */
const leastShare = 0.05;

/** `later`, with the peers marked that wanted a CPU all the time and got next to none. */
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
