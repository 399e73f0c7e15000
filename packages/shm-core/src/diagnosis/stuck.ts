/** What will not go on by itself. */
import { durationText } from './duration.js';
import { type Found, found, peerText, stateText } from './peer-text.js';
import type { ArenaSnapshot, SnapshotPeer } from './snapshot.js';

/** A waiting call looks every 0.1 s. One that has not for so long does not look any more. */
const overdueMs = 1000;
/** In so long a waiting call has looked twice. */
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
      `The arena is marked as corrupt, because of what lies at offset ${poisonedOffset}. Every call fails with ERR_ARENA_CORRUPT.`,
    ),
  ];
}

/** A call that waits although it need not, or that would not notice if it need not. */
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

/** What a call that waits could do at once. */
function workFor({ next, nextSequence, room }: SnapshotPeer): string | undefined {
  if (next === 'committed') return `unit ${nextSequence} is committed`;
  if (next === 'lapped') return 'writers have passed it';
  return room ? 'there is room' : undefined;
}

/** What has become of the ring that it asked for. */
function ringText(snapshot: ArenaSnapshot, peer: SnapshotPeer): string {
  const { rings = 0, ringFrom = 0 } = peer;
  const armed = peer.role === 'reader' ? peer.armedReadable : peer.armedWritable;
  if (rings > 0) return 'It was rung and has not come: the ring is still in its pipe.';
  if (armed && ringFrom > snapshot.end) return `It wants a ring from unit ${ringFrom} on.`;
  if (armed) return 'Nobody has rung it: a lost wake-up.';
  const word = peer.role === 'reader' ? snapshot.readableWord : snapshot.writableWord;
  if ((word & 1) === 1) return 'Nobody has woken the thread that sleeps: a lost wake-up.';
  return 'It was rung, and has taken the ring out of its pipe.';
}

function lookText(peer: SnapshotPeer): string {
  const { lookedMs = 0 } = peer;
  if (lookedMs < overdueMs) return 'It goes on looking and finds nothing: please report this.';
  return `It should look every 0.1 s and has not for ${durationText(lookedMs)}: ${stateText(peer)}.`;
}
