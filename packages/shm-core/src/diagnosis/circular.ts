/** Processes that wait for each other. They go on only when one of them gives up what it holds. */
import { durationText } from './duration.js';
import { type Found, found, holdersText, pidsText } from './peer-text.js';
import type { ArenaSnapshot, SnapshotPeer } from './snapshot.js';

/** A process that works on its segments usually releases them sooner. */
const longMs = 1000;

export const circularFindings = (snapshot: ArenaSnapshot): Found[] => [
  ...circleOfSegments(snapshot),
  ...circleBehindUnit(snapshot),
];

const waitsLong = ({ waitingMs = 0 }: SnapshotPeer) => waitingMs >= longMs;

const waitingWriters = ({ peers }: ArenaSnapshot) =>
  peers.filter((peer) => peer.role === 'writer' && waitsLong(peer) && !peer.room);

/** Every segment is held by a process that waits for something. */
function circleOfSegments(snapshot: ArenaSnapshot): Found[] {
  const { peers, segments, openSegments, leasedSegments, segmentCount } = snapshot;
  const writers = waitingWriters(snapshot).filter(({ wantsSegment }) => wantsSegment);
  const held = segments.filter(({ use }) => use !== 'queued');
  if (writers.length === 0 || held.length < segmentCount) return [];
  const waiting = new Set(peers.filter(waitsLong).map(({ pid }) => pid));
  const pidOf = new Map(peers.map(({ index, pid }) => [index, pid]));
  const all = held.every(({ holders }) => holders.some((one) => waiting.has(pidOf.get(one) ?? 0)));
  if (!all) return [];
  const parts = [
    leasedSegments > 0 && `${leasedSegments} are leased by ${holdersText(snapshot, 'leased')}`,
    openSegments > 0 && `${openSegments} are open in ${holdersText(snapshot, 'open')}`,
  ].filter((part) => part !== false);
  return [
    found(
      'circle of segments',
      `Writers (${pidsText(writers)}) wait for a segment, and every process that holds a segment waits as well. Of ${segmentCount} segments, ${parts.join(', ')}. A release() may be missing there${openSegments > 0 ? ', or a commit()' : ''}, or the pool needs more segments.`,
    ),
  ];
}

/** A process waits for room behind its own open unit. */
function circleBehindUnit(snapshot: ArenaSnapshot): Found[] {
  const open = snapshot.records.find(({ sequence }) => sequence === snapshot.floor);
  if (open === undefined || open.phase === 'committed') return [];
  const owner = snapshot.peers.find(({ index }) => index === open.writer);
  const waiting = waitingWriters(snapshot).some(({ pid }) => pid === owner?.pid);
  if (owner === undefined || !waiting) return [];
  const since = open.openMs === undefined ? '' : ` for ${durationText(open.openMs)}`;
  return [
    found(
      `circle behind ${open.sequence}`,
      `Process ${owner.pid} waits for room behind unit ${open.sequence}, and has had that unit open itself${since}. A commit() or abort() may be missing there.`,
    ),
  ];
}
