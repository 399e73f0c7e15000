/**
 * The contract of an arena, which every transport keeps. Calls that only one kind of arena has are in the
 * package of that kind.
 *
 * An arena is shared memory that processes map together. A writer opens a *unit*, fills it in place and
 * commits it. A reader gets a *lease* on the unit. Large bytes never cross a pipe. A unit has bytes and a
 * small *envelope* that describes them. Both become visible together, or neither does.
 */
export type * from './contract/arena.js';
export type * from './contract/lease.js';
export type * from './contract/reader.js';
export type * from './contract/waiting.js';
export type * from './contract/writer.js';
