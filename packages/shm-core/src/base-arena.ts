import { EventEmitter } from 'node:events';
import type {
  Arena,
  ArenaEvents,
  ArenaStats,
  Reader,
  ReaderOptions,
  Writer,
  WriterOptions,
} from './arena.js';
import { checkBoolean, checkString, integer, oneOf } from './arguments.js';
import { Attachment } from './attachment.js';
import { arenaClosed } from './closed.js';
import { checkCoalescing } from './coalescing.js';
import { ArenaError } from './errors.js';
import type { NativeAttachedConfig, NativeCreateOptions, NativeLostPeer } from './native.js';
import { Options } from './options.js';
import { ArenaReader } from './reader.js';
import { ArenaWriter, type WriterPolicy } from './writer.js';

const starts = ['newest', 'oldest', 'next'] as const;

/** What `NativeConfig.kind` means. */
const kinds = ['nothing', 'pool', 'ring'];

/** Where an arena comes from: made here, or found by its handle. */
export type ArenaOrigin = (
  | NativeCreateOptions
  | { readonly handle: string; readonly expectKind: number; readonly populate: boolean }
) & {
  /** Readers opened here lease at addresses that are nobody's once the lease is released. */
  readonly hardened?: boolean | undefined;
};

/** How large units may be, and where they travel. */
export type UnitLimits = Omit<WriterPolicy, 'spinMicroseconds' | 'unitTimeoutMs'>;

const spin = { spinMicroseconds: integer(0, 10_000_000) };
const writerOptions = new Options<WriterOptions>({
  ...spin,
  copyThreshold: integer(0),
  waitForReaders: checkBoolean,
});
const readerOptions = new Options<ReaderOptions>({
  ...spin,
  from: oneOf(starts),
  coalesce: checkCoalescing,
  endless: checkBoolean,
});

/** What the transports have in common: endpoints, events, and their end. */
export abstract class BaseArena extends EventEmitter<ArenaEvents> implements Arena {
  abstract readonly kind: 'pool' | 'ring';
  abstract readonly maxUnitBytes: number;
  protected abstract unitLimits(options: WriterOptions): UnitLimits;
  /** The option that decides how many records are kept for a reader, where `kept` of them are. */
  protected abstract roomOption(kept: number): string;

  readonly config: NativeAttachedConfig;
  readonly #attachment: Attachment;
  readonly #hardened: boolean;
  readonly #endpoints = new Set<ArenaWriter | ArenaReader>();
  #closed = false;

  protected constructor(origin: ArenaOrigin) {
    super();
    this.#hardened = origin.hardened ?? false;
    // Later: it may be found out in the middle of a call, which a listener must not break.
    const onLost = (peer: NativeLostPeer) =>
      process.nextTick(() => this.#closed || this.emit('peer-lost', peer));
    if ('handle' in origin) {
      const handle = checkString('handle', origin.handle);
      this.#attachment = Attachment.attach(handle, origin.populate, onLost);
    } else {
      this.#attachment = Attachment.create(origin, onLost);
    }
    this.config = this.#attachment.native.config();
    this.#watchPeersForListeners();
    if ('handle' in origin && this.config.kind !== origin.expectKind) {
      this.#attachment.close();
      throw new ArenaError(
        'ERR_ARENA_INCOMPATIBLE',
        `incompatible arena: kind is ${kinds[this.config.kind]}, expected ${kinds[origin.expectKind]}. Attach with the class that created it.`,
      );
    }
  }

  get handle(): string {
    this.#checkOpen();
    return this.#attachment.native.handle();
  }

  get closed(): boolean {
    return this.#closed;
  }

  writer(given?: WriterOptions): Writer {
    this.#checkOpen();
    const options = writerOptions.check(given);
    const { spinMicroseconds = 0, waitForReaders = false } = options;
    const { unitTimeoutMs } = this.config;
    const policy = { ...this.unitLimits(options), spinMicroseconds, unitTimeoutMs };
    const native = this.#attachment.native.writer(waitForReaders);
    const writer = new ArenaWriter(this.#attachment, native, policy, (closed) =>
      this.#endpoints.delete(closed),
    );
    this.#endpoints.add(writer);
    return writer;
  }

  reader(options?: ReaderOptions): Reader {
    this.#checkOpen();
    const {
      spinMicroseconds = 0,
      from = 'newest',
      coalesce,
      endless = false,
    } = readerOptions.check(options);
    const roomOption = (kept: number) => this.roomOption(kept);
    const policy = { lends: this.kind === 'ring', roomOption, spinMicroseconds, coalesce, endless };
    const native = this.#attachment.native.reader(starts.indexOf(from), this.#hardened);
    const reader = new ArenaReader(this.#attachment, native, policy, (closed) =>
      this.#endpoints.delete(closed),
    );
    this.#endpoints.add(reader);
    return reader;
  }

  stats(): ArenaStats {
    this.#checkOpen();
    this.#attachment.lookAfterPeers();
    return this.#attachment.native.stats();
  }

  /** Pid and role of every writer and reader now attached. */
  peers(): { pid: number; role: 'writer' | 'reader' }[] {
    this.#checkOpen();
    return this.#attachment.native.peerStates();
  }

  end(): void {
    this.#checkOpen();
    this.#attachment.native.declareEnd();
  }

  close(): void {
    if (this.#closed) return;
    this.#attachment.warnOfRefusedWriters();
    this.#attachment.end();
    for (const endpoint of [...this.#endpoints]) endpoint.close();
    this.#closed = true;
    this.#attachment.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #watchPeersForListeners(): void {
    const concerns = (event: string | symbol) => event === 'peer-lost' && !this.#closed;
    // As a plain emitter: these two events are not among an arena's own.
    const events = this as EventEmitter;
    events.on('newListener', (event) => {
      if (concerns(event)) this.#attachment.watchPeers(true);
    });
    events.on('removeListener', (event) => {
      if (concerns(event)) this.#attachment.watchPeers(this.listenerCount('peer-lost') > 0);
    });
  }

  #checkOpen(): void {
    if (this.#closed) throw arenaClosed();
  }
}
