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

/** A call that waits although it need not. */
function missedWork(snapshot: ArenaSnapshot, peer: SnapshotPeer): Found[] {
  const { waitingMs, lookedMs = 0, nextSequence, next, room } = peer;
  if (waitingMs === undefined) return [];
  const work =
    next === 'committed'
      ? `unit ${nextSequence} is committed`
      : next === 'lapped'
        ? 'writers have passed it'
        : room
          ? 'there is room'
          : undefined;
  const who = `The ${peerText(peer)}`;
  if (work === undefined || waitingMs < twoLooksMs) return lateLook(peer, who, lookedMs);
  return [
    found(
      `missed ${peer.index} ${peer.generation} ${nextSequence ?? ''} ${peer.readUnits}`,
      `${who} has waited for ${durationText(waitingMs)} although ${work}: a lost wake-up. ${ringText(snapshot, peer)} ${lookText(peer, lookedMs)}`,
    ),
  ];
}

/** What has become of the ring that it asked for. */
function ringText(snapshot: ArenaSnapshot, peer: SnapshotPeer): string {
  const { rings = 0 } = peer;
  const armed = peer.role === 'reader' ? peer.armedReadable : peer.armedWritable;
  if (rings > 0) return `It was rung, and its pipe still holds ${rings} of the rings.`;
  if (armed && (peer.ringFrom ?? 0) > snapshot.end) {
    return `It has asked for a ring from unit ${peer.ringFrom} on.`;
  }
  if (armed) return 'Its armed bit is set: nobody has rung.';
  const word = peer.role === 'reader' ? snapshot.readableWord : snapshot.writableWord;
  if ((word & 1) === 1) return 'A thread may sleep on the futex, and nobody has woken it.';
  return 'Its armed bit is clear and its pipe is empty: it was rung, and came.';
}

function lookText(peer: SnapshotPeer, lookedMs: number): string {
  if (lookedMs < overdueMs) {
    return `It looked ${durationText(lookedMs)} ago and found nothing: please report this.`;
  }
  return `It has not looked for ${durationText(lookedMs)}, which it should every 0.1 s: ${stateText(peer)}.`;
}

/** Nothing to do for it yet, but it would not notice. */
function lateLook(peer: SnapshotPeer, who: string, lookedMs: number): Found[] {
  if (lookedMs < overdueMs || peer.processState === '') return [];
  return [
    found(
      `late ${peer.index} ${peer.generation}`,
      `${who} waits, and has not looked for ${durationText(lookedMs)}, which it should every 0.1 s: ${stateText(peer)}.`,
    ),
  ];
}
