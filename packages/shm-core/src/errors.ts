/** Every code of an {@link ArenaError}, with its meaning for the caller. */
export const arenaErrorCodes = {
  ERR_ARENA_FULL: 'no space now, or none within the deadline',
  ERR_ARENA_TIMEOUT: 'nothing arrived within the deadline',
  ERR_ARENA_UNIT_TOO_LARGE: 'the unit can never fit into this arena',
  ERR_ARENA_CLOSED: 'the arena, or this endpoint of it, is closed',
  ERR_ARENA_ENDED: 'a writer came after the end of the stream',
  ERR_ARENA_UNIT_ENDED: 'the unit was ended before: committed, aborted, or open for too long',
  ERR_ARENA_LEASE_RELEASED: 'the lease was released before',
  ERR_ARENA_MOVED: 'the memory was moved to an ArrayBuffer that arena does not know',
  ERR_ARENA_PEER_LOST: 'the processes that could have served the call are dead',
  ERR_ARENA_NO_READERS: 'every reader has left, so no reader can make room',
  ERR_ARENA_LAPPED: 'an overwriting writer passed this reader',
  ERR_ARENA_CORRUPT: 'shared memory holds bytes that no arena wrote',
  ERR_ARENA_INCOMPATIBLE: 'the region was made by another version or another machine',
  ERR_ARENA_HANDLE: 'the handle is malformed',
  ERR_ARENA_STALE_HANDLE: 'the process that the handle points to is gone',
  ERR_ARENA_NAME_TAKEN: 'an arena of this name exists',
  ERR_ARENA_TOO_MANY_PEERS: 'every place for a writer or reader is taken',
  ERR_ARENA_OUT_OF_MEMORY: 'the machine cannot provide the memory',
  ERR_ARENA_UNSENDABLE: 'the item holds a value that no other process can be given',
  ERR_ARENA_PIPELINE_BUSY: 'another iteration over the same subprocess is still open',
  ERR_ARENA_IN_USE: 'another pipeline of this process receives through the same arena',
  ERR_ARENA_SOURCE_EXHAUSTED: 'a source that can be read once was asked for a second pass',
  ERR_ARENA_MODULE: "a pipeline's module cannot be loaded, or exports no pipeline",
  ERR_ARENA_LIBAV_MISSING: 'video needs the libav libraries, and they are not here',
  ERR_ARENA_MEDIA: 'the media cannot be read, decoded or encoded',
  ERR_ARENA_MEDIA_TOO_LARGE: 'the media would take more memory than the call allows',
  ERR_ARENA_INVALID_STATE: 'the object cannot take this call now',
  ERR_ARENA_UNSUPPORTED: 'arena cannot run on this machine, or its native part is not here',
  ERR_ARENA_SYSTEM: 'a system call failed',
  ERR_ARENA_INVALID_ARGUMENT: 'the caller passed a wrong argument',
} as const;

export type ArenaErrorCode = keyof typeof arenaErrorCodes;

export interface ArenaErrorDetails {
  /** Numbers and names behind the message, for programs. */
  readonly [name: string]: string | number | bigint | boolean | undefined;
}

/** An expected outcome that is not a value: tell them apart by `code`, never by message. */
export class ArenaError extends Error {
  readonly code: ArenaErrorCode;
  readonly details: ArenaErrorDetails;

  constructor(code: ArenaErrorCode, message: string, details: ArenaErrorDetails = {}) {
    super(message);
    this.name = 'ArenaError';
    this.code = code;
    this.details = details;
  }
}

const misuse = <E extends Error>(error: E): E & { code: 'ERR_ARENA_INVALID_ARGUMENT' } =>
  Object.assign(error, { code: 'ERR_ARENA_INVALID_ARGUMENT' as const });

/** Whether `error` says that an argument was wrong. */
export const isMisuse = (error: unknown): error is Error =>
  error instanceof Error && (error as { code?: unknown }).code === 'ERR_ARENA_INVALID_ARGUMENT';

/** A `TypeError` for an argument of the wrong type; carries `code`, as every arena error does. */
export const invalidType = (message: string) => misuse(new TypeError(message));

/** A `RangeError` for an argument of the right type that no arena takes. */
export const invalidRange = (message: string) => misuse(new RangeError(message));
