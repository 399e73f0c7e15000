/** Finds calls that go on once another process does something. */
import { durationText } from './duration.js';
import { type Found, found, holdersText, peerText, pidsText, stateText } from './peer-text.js';
import type { ArenaSnapshot, SnapshotPeer } from './snapshot.js';

export const waitingFindings = (snapshot: ArenaSnapshot): Found[] => [
  ...snapshot.peers.flatMap((peer) => gonePeer(peer)),
  ...heldUpReaders(snapshot),
  ...waitingWriters(snapshot),
  ...idleReaders(snapshot),
];

function gonePeer(peer: SnapshotPeer): Found[] {
  const gone = peer.phase === 'dead' || peer.processState === '' || peer.processState === 'Z';
  if (!gone) return [];
  return [
    found(
      `gone ${peer.index} ${peer.generation}`,
      `Process ${peer.pid}, which was a ${peer.role === 'none' ? 'peer' : peer.role}, is gone. The next process that waits or tries again takes back what it held.`,
    ),
  ];
}

function heldUpReaders(snapshot: ArenaSnapshot): Found[] {
  const open = new Map<number, SnapshotPeer[]>();
  for (const peer of snapshot.peers) {
    if (peer.next !== 'open' || peer.waitingMs === undefined) continue;
    const at = peer.nextSequence ?? 0;
    open.set(at, [...(open.get(at) ?? []), peer]);
  }
  return [...open].map(([sequence, readers]) => {
    const record = snapshot.records.find((one) => one.sequence === sequence);
    const writer = snapshot.peers.find(({ index }) => index === record?.writer);
    const who = writer ? `the ${peerText(writer)}` : 'a writer that has left';
    const since = record?.openMs === undefined ? '' : ` for ${durationText(record.openMs)}`;
    const state = writer?.processState === 'T' ? `; its ${stateText(writer)}` : '';
    const timeout =
      snapshot.unitTimeoutMs === 0 ? ' No reader passes an open unit: see unitTimeoutMs.' : '';
    return found(
      `open ${sequence}`,
      `${countText(readers, 'reader')} at unit ${sequence}: ${who} has had it open${since}${state}.${timeout}`,
    );
  });
}

function waitingWriters(snapshot: ArenaSnapshot): Found[] {
  const writers = snapshot.peers.filter(
    ({ role, waitingMs, room }) => role === 'writer' && waitingMs !== undefined && !room,
  );
  if (writers.length === 0) return [];
  const longest = Math.max(...writers.map(({ waitingMs = 0 }) => waitingMs));
  const who = `${countText(writers, 'writer')}, the longest for ${durationText(longest)}`;
  const segments = writers.some(({ wantsSegment }) => wantsSegment);
  const reason = segments ? segmentsText(snapshot) : roomText(snapshot);
  return [found('writers', `${who}: ${reason}`)];
}

function segmentsText(snapshot: ArenaSnapshot): string {
  const { segmentCount, queuedSegments, leasedSegments, openSegments } = snapshot;
  const parts = [
    leasedSegments > 0 && `${leasedSegments} leased by ${holdersText(snapshot, 'leased')}`,
    openSegments > 0 && `${openSegments} open in ${holdersText(snapshot, 'open')}`,
    queuedSegments > 0 && `${queuedSegments} unread${readersText(snapshot)}`,
  ].filter((part) => part !== false);
  return `no segment of ${segmentCount} is free: ${parts.join(', ')}.`;
}

function readersText({ peers }: ArenaSnapshot): string {
  const readers = peers.filter(({ role }) => role === 'reader');
  if (readers.length === 0) return ', and no reader is attached';
  const busy = readers.filter(({ waitingMs }) => waitingMs === undefined);
  return busy.length === 0 ? '' : ` (busy: ${pidsText(busy)})`;
}

function roomText(snapshot: ArenaSnapshot): string {
  const open = snapshot.records.find(({ sequence }) => sequence === snapshot.floor);
  const free = `${snapshot.freeBytes} bytes and ${snapshot.freeCells} records are free`;
  if (open && open.openMs !== undefined && open.phase !== 'committed') {
    const writer = snapshot.peers.find(({ index }) => index === open.writer);
    const who = writer ? `process ${writer.pid}` : 'a writer that has left';
    return `${free}; ${who} has had unit ${open.sequence} open for ${durationText(open.openMs)}, and no reader passes it.`;
  }
  const readers = snapshot.peers.filter(({ role }) => role === 'reader');
  if (readers.length === 0) return `${free}, and no reader is attached.`;
  const slowest = readers.reduce((a, b) => ((b.behind ?? 0) > (a.behind ?? 0) ? b : a));
  return `${free}; the ${peerText(slowest)} is ${slowest.behind} behind${slowest.waitingMs === undefined ? ' and does not wait: it is busy elsewhere' : ''}.`;
}

function idleReaders(snapshot: ArenaSnapshot): Found[] {
  const idle = snapshot.peers.filter(
    ({ next, waitingMs }) => next === 'nothing' && waitingMs !== undefined,
  );
  if (idle.length === 0) return [];
  const writers = snapshot.peers.filter(({ role }) => role === 'writer');
  const longest = Math.max(...idle.map(({ waitingMs = 0 }) => waitingMs));
  const { writersCame, writersExpected } = snapshot;
  const missing = Math.max(0, writersExpected - writersCame);
  const reasons = [
    writers.length > 0 ? `${pidsText(writers)} may write more` : 'no writer is attached',
    ...(missing > 0 ? [`${missing} of ${writersExpected} expected writers have not come`] : []),
  ].join('; ');
  return [
    found(
      'idle',
      `${countText(idle, 'reader')}, the longest for ${durationText(longest)}: every committed unit was read, and ${reasons}.`,
    ),
  ];
}

/** `2 readers wait (processes 12, 13)`. */
const countText = (peers: readonly SnapshotPeer[], role: string) =>
  `${peers.length} ${role}${peers.length === 1 ? ' waits' : 's wait'} (${pidsText(peers)})`;
