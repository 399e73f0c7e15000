import { ArenaError } from '@arena/shm-core';
import { Status } from '@arena/shm-core/internal';

/** The error of a writer that waits for room when nobody is left to read: every reader has died, or has left. */
export const stranded = (status: Status): ArenaError =>
  status === Status.peerLost
    ? new ArenaError(
        'ERR_ARENA_PEER_LOST',
        'no reader is left to make room: the processes that read have died. Attach a reader and write again, or open the writer with { waitForReaders: true }.',
      )
    : new ArenaError(
        'ERR_ARENA_NO_READERS',
        'no reader is left to make room: every reader has closed. Open a reader and write again, or open the writer with { waitForReaders: true }.',
      );
