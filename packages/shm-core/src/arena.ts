/**
 * The contract of an arena, kept by every transport. What one kind of arena alone can do is in its own
 * package.
 *
 * Shared memory that processes map together. A writer opens a *unit*, fills it in place and
 * commits it; a reader gets a *lease* on it. Bulk bytes never cross a pipe. A unit is its bytes and
 * a small *envelope* that describes them; both become visible together, or not at all.
 */
export type * from './contract/arena.js';
export type * from './contract/lease.js';
export type * from './contract/reader.js';
export type * from './contract/waiting.js';
export type * from './contract/writer.js';
