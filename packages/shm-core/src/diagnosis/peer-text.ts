import { durationText } from './duration.js';
import type { ArenaSnapshot, SnapshotPeer, SnapshotSegment } from './snapshot.js';

/** A finding without its kind: see findings.ts. */
export interface Found {
  readonly key: string;
  readonly text: string;
}

export const found = (key: string, text: string): Found => ({ key, text });

/** `reader of process 123`. */
export function peerText({ role, pid }: SnapshotPeer): string {
  return `${role === 'none' ? 'closed reader' : role} of process ${pid}`;
}

const states: Readonly<Record<string, string>> = {
  R: 'process is running, so its event loop is busy with something else',
  S: 'process is asleep',
  D: 'process is in the kernel, waiting for a device or for memory',
  T: 'process is stopped (SIGSTOP, Ctrl+Z)',
  t: 'process is stopped by a debugger',
  Z: 'process has ended and was not collected by its parent',
  '': 'process is gone',
};

/** The state of the peer's process: `process is asleep in ep_poll`. */
export function stateText({ processState, sleepsIn, starved }: SnapshotPeer): string {
  if (starved) return 'process wants a CPU and gets none: the machine is overloaded';
  const state = states[processState] ?? `process is in state ${processState}`;
  return processState === 'S' && sleepsIn !== '' ? `${state} in ${sleepsIn}` : state;
}

/** The holders of segments in that use: `process 12 (3, the oldest for 4.20 s), process 13 (1, ...)`. */
export function holdersText(snapshot: ArenaSnapshot, use: SnapshotSegment['use']): string {
  const held = new Map<string, number[]>();
  for (const segment of snapshot.segments) {
    if (segment.use !== use) continue;
    for (const holder of segment.holders) {
      const peer = snapshot.peers.find(({ index }) => index === holder);
      const who = peer ? `process ${peer.pid}` : 'a peer that has left';
      held.set(who, [...(held.get(who) ?? []), segment.ageMs]);
    }
  }
  return [...held]
    .map(
      ([who, ages]) => `${who} (${ages.length}, the oldest for ${durationText(Math.max(...ages))})`,
    )
    .join(', ');
}

/** `processes 12, 13`. */
export function pidsText(peers: readonly SnapshotPeer[]): string {
  const unique = [...new Set(peers.map(({ pid }) => pid))];
  const shown = unique.slice(0, 8).join(', ');
  const more = unique.length > 8 ? ` and ${unique.length - 8} more` : '';
  return `${unique.length === 1 ? 'process' : 'processes'} ${shown}${more}`;
}
