import { markAsUntransferable } from 'node:worker_threads';
import type { OpenUnit } from './arena.js';
import { checkInteger } from './arguments.js';
import { ArenaError, invalidRange } from './errors.js';
import { empty, type NativeWriter, native, Status } from './native.js';
import { at, numbers } from './results.js';
import { StaysHere } from './stays-here.js';
import { keepInThread } from './thread-buffers.js';

/** The writer of a unit, as the unit needs it. */
export interface UnitOwner {
  readonly native: NativeWriter;
  readonly closed: boolean;
  /** Milliseconds for which a unit may be open. Other processes may end it afterwards. 0 for ever. */
  readonly unitTimeoutMs: number;
}

const staysHere = new StaysHere('an open unit', 'Commit it, and read it where it is wanted');

/**
 * A unit in shared memory, or in private memory that its commit copies. Its writer does not hold it:
 * one that is dropped is collected, and given up with its buffer.
 */
export class FilledInPlace implements OpenUnit {
  static {
    staysHere.keep(FilledInPlace);
  }

  protected readonly staysHere = staysHere.mark;
  readonly #owner: UnitOwner;
  #id: number;
  #buffer: ArrayBuffer;
  #bytes: Uint8Array;
  readonly #byteLength: number;
  /** The buffer is private memory. */
  readonly #copied: boolean;
  #ended = false;
  /** The buffer is JavaScript's own memory, and native code was given it: it cannot be emptied. */
  #pinned = false;

  /** @param buffer The one of the unit that the native call before has opened. */
  constructor(owner: UnitOwner, buffer: ArrayBuffer) {
    this.#owner = owner;
    this.#id = numbers[at.id] as number;
    this.#buffer = buffer;
    this.#bytes = new Uint8Array(buffer);
    this.#byteLength = this.#bytes.byteLength;
    this.#copied = numbers[at.copied] === 1;
    keepInThread(this, buffer);
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  commit(byteLength?: number): void {
    if (this.#ended || this.#owner.closed) throw unitEnded(this.#owner.closed);
    const length = this.#lengthOf(byteLength);
    if (this.#isHeld()) throw unitHeld();
    if (this.#bytes.byteLength !== this.#byteLength) throw unitMoved();
    // Empty the buffer before the commit: after the commit the memory belongs to the readers.
    if (!this.#copied && !empty(this.#buffer)) throw unitMoved();
    const status = this.#owner.native.commit(this.#id, length, this.#buffer);
    if (status === Status.full) throw this.#noPlace();
    if (status !== Status.ok && status !== Status.unitEnded) throw unitEnded(true);
    this.#ended = true;
    if (this.#copied) this.#empty();
    if (status === Status.unitEnded) throw timedOut(this.#owner.unitTimeoutMs);
  }

  abort(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#owner.native.abort(this.#id, this.#empty());
  }

  hold(): () => void {
    if (this.#ended || this.#owner.closed) throw unitEnded(this.#owner.closed);
    if (this.#bytes.byteLength !== this.#byteLength) throw unitMoved();
    const { native } = this.#owner;
    if (native.hold(this.#id)) {
      this.#pinned = true;
      markAsUntransferable(this.#buffer);
    }
    return endingOf(native, this.#id, this.#buffer);
  }

  [Symbol.dispose](): void {
    this.abort();
  }

  #lengthOf(byteLength: number | undefined): number {
    const acquired = this.#byteLength;
    if (byteLength === undefined) return acquired;
    const length = checkInteger('byteLength', byteLength, 0);
    if (length <= acquired) return length;
    throw invalidRange(
      `byteLength exceeds the unit: ${length} of ${acquired} acquired bytes. Acquire more, or commit fewer.`,
    );
  }

  #empty(): boolean {
    return !this.#pinned && empty(this.#buffer);
  }

  #isHeld(): boolean {
    const { native } = this.#owner;
    // The first comparison costs no native call. It fails while no unit of this thread is held.
    return numbers[at.holds] !== 0 && native.isHeld(this.#id);
  }

  /** The unit stays open. Its buffer was emptied, so it gets another buffer. */
  #noPlace(): ArenaError {
    if (!this.#copied) {
      const buffer = this.#owner.native.reopen(this.#id);
      if (buffer === undefined) return unitEnded(true);
      this.#id = numbers[at.id] as number;
      this.#buffer = buffer;
      this.#bytes = new Uint8Array(buffer);
      keepInThread(this, buffer);
    }
    return new ArenaError(
      'ERR_ARENA_FULL',
      'shared-memory arena full: no place is left in its queue, because a reader is stopped in the middle of a read. Commit again later.',
    );
  }
}

/**
 * Holds the open unit of this thread that `bytes` lie in, as its `hold()` does; undefined where they
 * lie in none.
 */
export function holdUnitOf(bytes: Uint8Array): (() => void) | undefined {
  const found = native.holdUnitOf(bytes);
  return found && endingOf(...found, bytes.buffer);
}

/** Ends a hold, once. Until then it keeps the buffer from being collected. */
function endingOf(writer: NativeWriter, id: number, buffer: ArrayBufferLike): () => void {
  let held: ArrayBufferLike | undefined = buffer;
  return () => {
    if (!held) return;
    held = undefined;
    writer.unhold(id);
  };
}

const unitEnded = (closed: boolean): ArenaError =>
  closed
    ? new ArenaError(
        'ERR_ARENA_CLOSED',
        'the writer is closed: its open units were given up. Commit a unit before its writer closes.',
      )
    : new ArenaError(
        'ERR_ARENA_UNIT_ENDED',
        'the unit has ended: it was committed or aborted before. Acquire another.',
      );

const unitHeld = (): ArenaError =>
  new ArenaError(
    'ERR_ARENA_INVALID_STATE',
    'native code still writes to the unit: a call that fills it is under way, or a hold has not ended. Nothing is published. Await the call, and commit then.',
  );

const timedOut = (unitTimeoutMs: number): ArenaError =>
  new ArenaError(
    'ERR_ARENA_UNIT_ENDED',
    `the unit was open for longer than ${unitTimeoutMs} ms, so another process has ended it. Commit sooner, or create the arena with a larger unitTimeoutMs.`,
    { unitTimeoutMs },
  );

const unitMoved = (): ArenaError =>
  new ArenaError(
    'ERR_ARENA_MOVED',
    "the unit's memory was moved to another ArrayBuffer (by transfer(), or a byte stream that read into it), which could still be written to: nothing is published. Abort the unit; its memory comes free with that ArrayBuffer. Read into memory of your own, and write() it.",
  );
