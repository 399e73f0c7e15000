/** Finds calls that will not go on by themselves. */
import { durationText } from './duration.js';
import { type Found, found, peerText, stateText } from './peer-text.js';
import type { ArenaSnapshot, SnapshotPeer } from './snapshot.js';

/** A waiting call looks every 0.1 s. A call that has not looked for this long does not look any more. */
const overdueMs = 1000;
/** A waiting call looks twice within this time. */
const twoLooksMs = 250;

export const stuckFindings = (snapshot: ArenaSnapshot): Found[] => [
  ...corruption(snapshot),
  ...snapshot.peers.flatMap((peer) => missedWork(snapshot, peer)),
];

function corruption({ poisoned, poisonedOffset }: ArenaSnapshot): Found[] {
  if (!poisoned) return [];
  return [
    found(
      'corrupt',
      `The arena is marked as corrupt: a process found a wrong value at offset ${poisonedOffset}. Every call fails with ERR_ARENA_CORRUPT.`,
    ),
  ];
}

/** A call that waits although it could go on, or that has stopped looking. */
function missedWork(snapshot: ArenaSnapshot, peer: SnapshotPeer): Found[] {
  const { waitingMs, lookedMs = 0, nextSequence, readUnits } = peer;
  if (waitingMs === undefined || peer.processState === '') return [];
  const who = `The ${peerText(peer)}`;
  const work = workFor(peer);
  if (work === undefined || waitingMs < twoLooksMs) {
    if (lookedMs < overdueMs) return [];
    return [found(`late ${peer.index} ${peer.generation}`, `${who} waits. ${lookText(peer)}`)];
  }
  return [
    found(
      `missed ${peer.index} ${peer.generation} ${nextSequence ?? ''} ${readUnits}`,
      `${who} has waited for ${durationText(waitingMs)} although ${work}. ${ringText(snapshot, peer)} ${lookText(peer)}`,
    ),
  ];
}

/** The reason why a waiting call could go on at once. */
function workFor({ next, nextSequence, room }: SnapshotPeer): string | undefined {
  if (next === 'committed') return `unit ${nextSequence} is committed`;
  if (next === 'lapped') return 'writers have passed it';
  return room ? 'there is room' : undefined;
}

/** The state of the ring that the peer asked for. */
function ringText(snapshot: ArenaSnapshot, peer: SnapshotPeer): string {
  const { rings = 0, ringFrom = 0 } = peer;
  const armed = peer.role === 'reader' ? peer.armedReadable : peer.armedWritable;
  if (rings > 0) return 'Its doorbell was rung, and its event loop has not taken the ring.';
  if (armed && ringFrom > snapshot.end) return `It wants a ring from unit ${ringFrom} on.`;
  if (armed) return 'No process has rung its doorbell: a lost wake-up.';
  const word = peer.role === 'reader' ? snapshot.readableWord : snapshot.writableWord;
  if ((word & 1) === 1) return 'No process has woken its sleeping thread: a lost wake-up.';
  return 'Its doorbell was rung, and its event loop has taken the ring.';
}

function lookText(peer: SnapshotPeer): string {
  const { lookedMs = 0 } = peer;
  if (lookedMs < overdueMs)
    return 'It still looks every 0.1 s and finds nothing: please report this.';
  return `It should look every 0.1 s, and has not looked for ${durationText(lookedMs)}: its ${stateText(peer)}.`;
}
