import type { Attachment } from './attachment.js';
import { ArenaError } from './errors.js';
import { type NativeReader, Status } from './native.js';

/** Decides for one reader that has read everything whether another unit can still come. */
export class StreamEnd {
  /** @param endless The reader waits for the next writer, whoever has closed. */
  constructor(
    private readonly native: NativeReader,
    private readonly attachment: Attachment,
    private readonly endless: boolean,
  ) {}

  /** Ends the stream if no process or thread can still open a writer. True when it has ended. */
  endsQuietly(): boolean {
    if (this.endless || this.attachment.isAnybodyOnTheWay()) return false;
    return this.native.endQuietStream() === Status.ended;
  }

  /** Throws when all writers have died and no other writer is on its way, which could have more to send. */
  throwIfLost(): void {
    if (this.attachment.isAnybodyOnTheWay()) return;
    // A writer that has come since the loss was found is not on its way any more.
    if (this.native.confirmLoss() === Status.peerLost) throw writersLost();
  }
}

const writersLost = () =>
  new ArenaError(
    'ERR_ARENA_PEER_LOST',
    'no writer is left: the processes that wrote have died without closing. Everything they committed was read. Attach a writer and read again.',
  );
