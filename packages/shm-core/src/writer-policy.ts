import type { ArenaError } from './errors.js';
import type { Status } from './native.js';
import type { RoomAdvice } from './no-room.js';

/** How the writers of an arena behave. */
export interface WriterPolicy extends RoomAdvice {
  /** False: a full arena is an error at once, and no call waits. */
  readonly waits: boolean;
  /** Units of up to so many bytes go into the queue, not into a segment, unless a call says otherwise. */
  readonly queuedBytes: number;
  readonly spinMicroseconds: number;
  /** The error for `peerLost` and `noReaders`, in an arena whose writers wait for readers to make room. */
  stranded?(status: Status): ArenaError;
}
