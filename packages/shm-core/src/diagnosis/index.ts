/** Looking at an arena from outside: what the `arena inspect` command is made of. */
export type { Finding } from './findings.js';
export { type FailedInspection, type Inspection, inspectArenas } from './inspect.js';
export { reportOf } from './report.js';
export type { ArenaSnapshot, SnapshotPeer, SnapshotRecord, SnapshotSegment } from './snapshot.js';
