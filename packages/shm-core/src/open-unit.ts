import type { OpenUnit } from './arena.js';
import { checkInteger } from './arguments.js';
import { ArenaError, invalidRange } from './errors.js';
import { type NativeWriter, Status } from './native.js';

/** What a unit needs of the writer that opened it. */
export interface UnitOwner {
  readonly native: NativeWriter;
  readonly closed: boolean;
  /** Longest that a unit may be open before others may end it; 0 for ever. */
  readonly unitTimeoutMs: number;
}

/**
 * A unit in shared memory, or in the private memory that stands in for it in some runtimes. Its
 * writer does not hold it: one that is dropped is collected, and given up with its buffer.
 */
export class FilledInPlace implements OpenUnit {
  readonly bytes: Uint8Array;
  #ended = false;

  constructor(
    private readonly owner: UnitOwner,
    private readonly buffer: ArrayBuffer,
    private readonly id: number,
  ) {
    this.bytes = new Uint8Array(buffer);
  }

  commit(byteLength?: number): void {
    if (this.#ended || this.owner.closed) throw unitEnded(this.owner.closed);
    const acquired = this.bytes.byteLength;
    const length = byteLength === undefined ? acquired : checkInteger('byteLength', byteLength, 0);
    if (length > acquired) {
      throw invalidRange(
        `byteLength exceeds the unit: ${length} of ${acquired} acquired bytes. Acquire more, or commit fewer.`,
      );
    }
    const status = this.owner.native.commit(this.id, length, this.buffer);
    if (status === Status.full) {
      throw new ArenaError(
        'ERR_ARENA_FULL',
        'shared-memory arena full: no place left in its queue while a reader is stopped inside a read. Commit again later.',
      );
    }
    if (status !== Status.ok && status !== Status.unitEnded) throw unitEnded(true);
    this.#ended = true;
    if (status === Status.unitEnded) throw timedOut(this.owner.unitTimeoutMs);
  }

  abort(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.owner.native.abort(this.id, this.buffer);
  }

  [Symbol.dispose](): void {
    this.abort();
  }
}

const unitEnded = (closed: boolean): ArenaError =>
  closed
    ? new ArenaError('ERR_ARENA_CLOSED', 'the writer is closed: its open units were given up.')
    : new ArenaError(
        'ERR_ARENA_UNIT_ENDED',
        'the unit has ended: it was committed or aborted before. Acquire another.',
      );

const timedOut = (unitTimeoutMs: number): ArenaError =>
  new ArenaError(
    'ERR_ARENA_UNIT_ENDED',
    `the unit was open for longer than ${unitTimeoutMs} ms, and others ended it to go on. Commit sooner, or create the arena with a larger unitTimeoutMs.`,
    { unitTimeoutMs },
  );
