/** Writes a snapshot as text. */
import { durationText } from './duration.js';
import type { Finding } from './findings.js';
import { holdersText, stateText } from './peer-text.js';
import type { ArenaSnapshot, SnapshotPeer, SnapshotRecord } from './snapshot.js';

/** At most this many records are listed. */
const mostLines = 16;

/** The verdict, then the snapshot. */
export function reportOf(snapshot: ArenaSnapshot, findings: readonly Finding[]): string {
  return [
    headline(snapshot),
    '',
    verdictOf(findings),
    '',
    `Peers: ${snapshot.peers.length}`,
    ...snapshot.peers.map((peer) => `  ${peerLine(snapshot, peer)}`),
    ...segmentLines(snapshot),
    ...recordLines(snapshot),
    `Stream: ${streamText(snapshot)}`,
    wordsLine(snapshot),
  ].join('\n');
}

/** One line, and one more for each finding. */
export function verdictOf(findings: readonly Finding[]): string {
  const has = (wanted: Finding['kind']) => findings.some(({ kind }) => kind === wanted);
  if (findings.length === 0) return 'No call waits.';
  const verdict = has('stuck')
    ? 'STUCK:'
    : has('circular')
      ? 'Perhaps stuck: processes wait for each other.'
      : 'Calls wait, and none is stuck:';
  return [verdict, ...findings.map(({ text }) => `- ${text}`)].join('\n');
}

const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

function headline(snapshot: ArenaSnapshot): string {
  const { kind, segmentCount, segmentSize, capacity, creatorPid } = snapshot;
  const size =
    kind === 'pool'
      ? `${segmentCount} segments of ${mib(segmentSize)}, a queue of ${mib(capacity)}`
      : `${mib(capacity)}, ${snapshot.cellCount} records`;
  const ways = [
    kind === 'pool' && snapshot.broadcast && 'fan-out',
    snapshot.overwrites && 'overwriting',
  ].filter((way) => way !== false);
  return `${[...ways, kind].join(' ')}: ${size}, made by process ${creatorPid}`;
}

function peerLine(snapshot: ArenaSnapshot, peer: SnapshotPeer): string {
  const { waitingMs, lookedMs = 0 } = peer;
  const role = peer.role === 'none' ? `${peer.phase}, not a member` : peer.role;
  const parts = [
    `#${peer.index} ${role}, process ${peer.pid} (${stateText(peer).replace('process is ', '')})`,
    peer.phase === 'live' ? undefined : peer.phase,
    waitingMs === undefined
      ? 'does not wait'
      : `waits for ${durationText(waitingMs)}${wantsText(peer)}, looked ${durationText(lookedMs)} ago`,
    (peer.armedReadable || peer.armedWritable) && armedText(peer),
    peer.rings ? `${peer.rings} rings not taken` : undefined,
    peer.role === 'reader' && nextText(snapshot, peer),
    `ran ${durationText(peer.ranMs)}, wanted a CPU for ${durationText(peer.queuedMs)}`,
    peer.leasesOut > 0 && !isWriter(peer) && `${peer.leasesOut} leases out`,
    isWriter(peer) ? `${peer.writtenUnits} written` : `${peer.readUnits} read`,
  ];
  return parts.filter((part) => part).join('; ');
}

const isWriter = ({ role }: SnapshotPeer): boolean => role === 'writer' || role === 'closed writer';

function armedText({ armedReadable, armedWritable }: SnapshotPeer): string {
  if (armedReadable && armedWritable) return 'armed for units and for room';
  return armedReadable ? 'armed for units' : 'armed for room';
}

function wantsText({ wantsSegment, wantsBytes }: SnapshotPeer): string {
  if (wantsSegment) return ' for a segment';
  return wantsBytes === undefined ? '' : ` for ${wantsBytes} bytes in the queue`;
}

function nextText(snapshot: ArenaSnapshot, { next, nextSequence, behind }: SnapshotPeer): string {
  if (next === 'nothing') return `has read everything up to unit ${snapshot.end}`;
  if (next === 'lapped') return 'was passed by writers';
  return `its next unit, ${nextSequence}, is ${next}; ${behind} behind`;
}

function segmentLines(snapshot: ArenaSnapshot): string[] {
  const { segmentCount, freeSegments, openSegments, queuedSegments, leasedSegments } = snapshot;
  if (segmentCount === 0) return [];
  return [
    `Segments: ${segmentCount}, of which ${freeSegments} are free, ${openSegments} open, ${queuedSegments} committed and unread, ${leasedSegments} leased`,
    ...(openSegments > 0 ? [`  open: ${holdersText(snapshot, 'open')}`] : []),
    ...(leasedSegments > 0 ? [`  leased: ${holdersText(snapshot, 'leased')}`] : []),
  ];
}

function recordLines(snapshot: ArenaSnapshot): string[] {
  const { oldest, floor, end, openRecords, unreadRecords, takenRecords, records } = snapshot;
  const total = openRecords + unreadRecords + takenRecords;
  const shown = records.slice(0, mostLines);
  return [
    `Records: oldest ${oldest}, first in use ${floor}, end ${end}; ${openRecords} open, ${unreadRecords} committed and unread, ${takenRecords} taken; ${snapshot.freeBytes} bytes and ${snapshot.freeCells} records free`,
    ...shown.map((record) => `  ${recordLine(snapshot, record)}`),
    ...(total > shown.length ? [`  ... and ${total - shown.length} more`] : []),
  ];
}

function recordLine({ peers }: ArenaSnapshot, record: SnapshotRecord): string {
  const pidOf = (index: number) =>
    peers.find((peer) => peer.index === index)?.pid ?? 'that has left';
  const writer = `from process ${pidOf(record.writer)}`;
  if (record.phase !== 'committed') {
    const since = record.openMs === undefined ? '' : ` for ${durationText(record.openMs)}`;
    return `${record.sequence} open${since}${record.phase === 'held' ? ' (may time out)' : ''}, ${writer}`;
  }
  const place = record.segment === undefined ? '' : ` in segment ${record.segment}`;
  const taken = record.reader === undefined ? '' : `, taken by process ${pidOf(record.reader)}`;
  return `${record.sequence} committed, ${record.byteLength} bytes${place}, ${writer}${taken}`;
}

function streamText(snapshot: ArenaSnapshot): string {
  const { writersCame, writersExpected, writersRefused, streamEnded, endDeclared } = snapshot;
  const parts = [
    `${writersCame}${writersExpected > 0 ? ` of ${writersExpected}` : ''} writers have come`,
    writersRefused > 0 && `${writersRefused} came too late`,
    streamEnded ? 'the stream has ended' : endDeclared && 'the end is declared',
  ];
  return parts.filter((part) => part).join(', ');
}

const historyBits = [
  'a writer has closed',
  'a writer was lost',
  'a reader was there',
  'a reader was lost',
];

function wordsLine({ readableWord, writableWord, history }: ArenaSnapshot): string {
  const parked = (word: number) => (word & 1 ? ', perhaps with sleeping threads' : '');
  const been = historyBits.filter((_, bit) => (history >> bit) & 1);
  return `Words: readable ${readableWord >>> 1}${parked(readableWord)}; writable ${writableWord >>> 1}${parked(writableWord)}; ${been.join(', ') || 'no peer has left yet'}`;
}
