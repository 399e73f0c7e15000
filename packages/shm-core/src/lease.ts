import type { Lease } from './arena.js';
import type { NativeReader, NativeTaken } from './native.js';

const noBytes = new Uint8Array(0);

/** From this size on a lease remembers where it was taken (some microseconds), for the warning. */
const originBytes = 64 * 1024;

/** Where leases that are still out were taken. */
export type LeaseOrigins = Map<number, Error>;

export const envelopeBytes = (envelope: ArrayBuffer | undefined): Uint8Array =>
  envelope ? new Uint8Array(envelope) : noBytes;

/** A unit that was read. */
export class TakenLease implements Lease {
  readonly bytes: Uint8Array;
  readonly envelope: Uint8Array;
  readonly zeroCopy: boolean;
  #active = true;
  readonly #id: number;

  constructor(
    private readonly native: NativeReader,
    private readonly origins: LeaseOrigins,
    [buffer, envelope, id, zeroCopy]: NativeTaken,
  ) {
    this.bytes = new Uint8Array(buffer);
    this.envelope = envelopeBytes(envelope);
    this.zeroCopy = zeroCopy;
    this.#id = id;
    if (id === 0) return;
    // This is intentional: no markAsUntransferable. Node refuses to transfer a buffer over foreign
    // memory by itself, and from version 24 on a marked one cannot be detached any more.
    if (buffer.byteLength >= originBytes) origins.set(id, new Error('lease taken here'));
  }

  get active(): boolean {
    return this.#active;
  }

  release(): void {
    if (!this.#active) return;
    this.#active = false;
    this.origins.delete(this.#id);
    this.native.release(this.#id, this.bytes.buffer as ArrayBuffer);
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

let warned = false;

/** Tells once that a lease was left to the garbage collector. */
export function warnOfLeak(origins: LeaseOrigins, id: number): void {
  const origin = origins.get(id);
  origins.delete(id);
  if (warned) return;
  warned = true;
  const where = origin?.stack?.split('\n').slice(1).join('\n') ?? '    (a small lease: not recorded)';
  process.emitWarning(
    `A lease was collected instead of released; its memory was taken back late. Call release(), or use \`using\`. It was taken\n${where}`,
    { type: 'ArenaWarning', code: 'ARENA_LEASE_LEAKED' },
  );
}
