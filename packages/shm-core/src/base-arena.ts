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
import { describe } from './arguments.js';
import { Attachment } from './attachment.js';
import { arenaClosed } from './closed.js';
import type { EndpointParts } from './endpoint.js';
import { invalidType } from './errors.js';
import { constants, type NativeConfig, type NativeReader, type NativeWriter } from './native.js';
import type { ArenaReader } from './reader.js';
import { StaysHere } from './stays-here.js';
import type { ArenaWriter } from './writer.js';

type Endpoint = ArenaWriter | ArenaReader;

const staysHere = new StaysHere(
  'an arena',
  'Send its handle (arena.handle), and attach by that where it is wanted',
);

/** Listeners are functions. Structured clone would find them first, and quote their source. */
function hideListeners(emitter: EventEmitter<ArenaEvents>): void {
  for (const name of ['_events', '_eventsCount', '_maxListeners']) {
    Object.defineProperty(emitter, name, { enumerable: false });
  }
}

/** TypeScript refuses `new` of an arena, and plain JavaScript does not. */
const notMade = (name: string, given: unknown) =>
  invalidType(
    `new ${name}() must have the attachment of an arena, got ${describe(given)}. Call ${name}.create(options), or ${name}.attach(handle).`,
  );

/** The common part of the arenas of all transports: endpoints, events, counters and the end. */
export abstract class BaseArena extends EventEmitter<ArenaEvents> implements Arena {
  abstract readonly kind: 'pool' | 'ring';
  abstract readonly maxUnitBytes: number;
  abstract writer(options?: WriterOptions): Writer;
  abstract reader(options?: ReaderOptions): Reader;

  static {
    staysHere.keep(BaseArena);
  }

  protected readonly staysHere = staysHere.mark;
  protected readonly config: NativeConfig;
  readonly #attachment: Attachment;
  readonly #endpoints = new Set<Endpoint>();
  #closed = false;

  protected constructor(attachment: Attachment) {
    super();
    if (!(attachment instanceof Attachment)) throw notMade(new.target.name, attachment);
    hideListeners(this);
    this.#attachment = attachment;
    this.config = attachment.config;
    // Emit later: a death may be found in the middle of a call, which a listener must not break.
    attachment.onLost = (peer) =>
      process.nextTick(() => this.#closed || this.emit('peer-lost', peer));
    this.#watchPeersForListeners();
  }

  get handle(): string {
    this.#checkOpen();
    return this.#attachment.native.handle();
  }

  get closed(): boolean {
    return this.#closed;
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

  /**
   * Opens a writer that closes with the arena.
   *
   * @param make Makes the writer from its parts.
   * @param waitForReaders See `PoolWriterOptions` in transport-pool.
   */
  protected openWriter<W extends ArenaWriter>(
    make: (parts: EndpointParts<NativeWriter>) => W,
    waitForReaders = false,
  ): W {
    this.#checkOpen();
    return this.#keep(make(this.#parts(this.#attachment.native.writer(waitForReaders))));
  }

  /**
   * Opens a reader that closes with the arena.
   *
   * @param from See {@link ReaderOptions}.
   * @param make Makes the reader from its parts.
   * @param hardened See `AttachPoolOptions` in transport-pool.
   */
  protected openReader<R extends ArenaReader, N extends NativeReader>(
    from: ReaderOptions['from'],
    make: (parts: EndpointParts<N>) => R,
    hardened = false,
  ): R {
    this.#checkOpen();
    const start = constants.from[from ?? 'newest'];
    const native = this.#attachment.native.reader(start, hardened) as N;
    return this.#keep(make(this.#parts(native)));
  }

  #parts<Native>(native: Native): EndpointParts<Native> {
    const onClose = (closed: Endpoint) => this.#endpoints.delete(closed);
    return { attachment: this.#attachment, native, onClose };
  }

  #keep<E extends Endpoint>(endpoint: E): E {
    this.#endpoints.add(endpoint);
    return endpoint;
  }

  #watchPeersForListeners(): void {
    const concerns = (event: string | symbol) => event === 'peer-lost' && !this.#closed;
    // Use the plain emitter: these two events are not in ArenaEvents.
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
