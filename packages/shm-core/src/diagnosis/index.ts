/** Inspects an arena from outside, for the command `arena inspect`. */
export type { Finding } from './findings.js';
export { type FailedInspection, type Inspection, inspectArenas } from './inspect.js';
export { reportOf } from './report.js';
export type { ArenaSnapshot, SnapshotPeer, SnapshotRecord, SnapshotSegment } from './snapshot.js';
