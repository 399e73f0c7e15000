import type { SendHandle } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { Restored } from '@arena/payloads';
import { type Arena, ArenaError } from '@arena/shm-core';
import { StaysHere } from '@arena/shm-core/internal';
import { decodeError } from '../protocol/error-transfer.js';
import { isIpcItem } from '../protocol/ipc-item.js';
import type { FromProducer, Setup } from '../protocol/messages.js';
import { type OrderSender, openOrders } from '../protocol/orders.js';
import { checkReadable } from '../protocol/user-messages.js';
import { ArenaInbox } from './arena-inbox.js';
import type { Inbox, RetainWhile } from './inbox.js';
import { IpcInbox } from './ipc-inbox.js';
import { Passes } from './passes.js';
import { type ExitStatus, type ProcessOptions, ProducerProcess } from './producer-process.js';

/** How many milliseconds a producer has to close its sources before it is killed. */
const closeGraceMs = 2000;

export interface SubprocessPipelineEvents {
  /** A message that the code in the pipeline has sent with `process.send`. */
  message: [message: unknown, handle?: SendHandle | undefined];
}

const staysHere = new StaysHere('a pipeline that runs', 'Send its items, or run its module there');

/**
 * The items of a pipeline that runs in a process of its own. Made by `runInSubprocess`.
 *
 * Each iteration is one pass, from the first item on, over the same process and arena. Passes run one
 * at a time: a second iteration fails with `ERR_ARENA_PIPELINE_BUSY`. Leaving a loop early stops the
 * pass in the producer. Items that are on their way are dropped.
 *
 * An item that is an object has a `Symbol.dispose` (not enumerable) that ends the lease on its
 * payloads. So `for await (using item of pipeline)` gives the memory back after every turn.
 */
export class SubprocessPipeline<T> implements AsyncIterable<Restored<T>>, AsyncDisposable {
  static {
    staysHere.keep(SubprocessPipeline);
  }

  protected readonly staysHere = staysHere.mark;
  readonly #process: ProducerProcess;
  readonly #inbox: Inbox;
  readonly #orders: OrderSender;
  readonly #passes: Passes;
  readonly #token = randomUUID();
  readonly #moduleUrl: string;
  readonly #events = new EventEmitter<SubprocessPipelineEvents>();
  readonly #ready: Promise<void>;
  #setReady: () => void = () => {};
  #setUnready: (error: unknown) => void = () => {};
  /** The uncaught error that ends the producer. */
  #crash: { readonly error: unknown } | undefined;
  #exited = false;
  #retired = false;
  #closing: Promise<void> | undefined;
  #forgetSignal: () => void = () => {};

  /** @internal Use `runInSubprocess`. */
  constructor(
    setup: Omit<Setup, 'type' | 'arena' | 'orders' | 'token'>,
    arena: Arena | undefined,
    signal: AbortSignal | undefined,
    options: ProcessOptions,
  ) {
    this.#moduleUrl = setup.moduleUrl;
    this.#ready = new Promise((resolve, reject) => {
      this.#setReady = resolve;
      this.#setUnready = reject;
    });
    // `ready` and every pass fail with the reason. It must not become an unhandled rejection when the program
    // uses neither.
    this.#ready.catch(() => {});
    this.#inbox = this.#openInbox(arena, setup.bufferSize);
    this.#passes = this.#openPasses();
    try {
      this.#orders = openOrders((order) => this.#process.tell(order));
      this.#process = this.#fork(options);
    } catch (error) {
      this.#retire();
      throw error;
    }
    this.#process.tell({
      ...setup,
      type: 'setup',
      arena: arena && { kind: arena.kind, handle: arena.handle },
      orders: this.#orders.handle,
      token: this.#token,
    });
    if (signal !== undefined) this.#listenTo(signal);
  }

  /** The producer's process id; undefined where it could not be started. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  /**
   * Resolves once the producer has built its pipeline. Rejects with the error when it cannot, and so
   * does every iteration.
   */
  get ready(): Promise<void> {
    return this.#retainWhile(this.#ready);
  }

  [Symbol.asyncIterator](): AsyncIterator<Restored<T>, undefined> & AsyncIterable<Restored<T>> {
    return this.#passes.make<Restored<T>>();
  }

  /**
   * Sends a message to the code in the pipeline. It arrives there as in any forked process, at
   * `process.on('message', listener)`.
   *
   * @throws {ArenaError} `ERR_ARENA_UNSENDABLE`: structured clone does not take the message;
   *   `ERR_ARENA_CLOSED`: the producer has ended, or has called `process.disconnect()`.
   */
  async send(message: unknown): Promise<void> {
    checkReadable(message);
    try {
      await new Promise<void>((resolve, reject) => {
        this.#process.sendIpc(message, (error) => (error ? reject(unreachable(error)) : resolve()));
      });
    } catch (error) {
      // Node throws at once for a value that it cannot clone, and passes every other error to the callback.
      throw error instanceof ArenaError ? error : uncloneable(error as Error);
    }
  }

  on<K extends keyof SubprocessPipelineEvents>(
    event: K,
    listener: (...args: SubprocessPipelineEvents[K]) => void,
  ): this {
    this.#events.on(event, listener as never);
    return this;
  }

  once<K extends keyof SubprocessPipelineEvents>(
    event: K,
    listener: (...args: SubprocessPipelineEvents[K]) => void,
  ): this {
    this.#events.once(event, listener as never);
    return this;
  }

  off<K extends keyof SubprocessPipelineEvents>(
    event: K,
    listener: (...args: SubprocessPipelineEvents[K]) => void,
  ): this {
    this.#events.off(event, listener as never);
    return this;
  }

  /**
   * Ends the producer, and kills it when it does not end within two seconds. A loop that is going on
   * fails with `ERR_ARENA_CLOSED`. Leases stay valid, and the arena stays open.
   */
  close(): Promise<void> {
    return this.#closeWith(
      new ArenaError('ERR_ARENA_CLOSED', 'the pipeline is closed. Run it once more to iterate it.'),
    );
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #openInbox(arena: Arena | undefined, bufferSize: number): Inbox {
    const retainWhile: RetainWhile = (pending) => this.#retainWhile(pending);
    if (arena !== undefined) return new ArenaInbox(arena, retainWhile);
    return new IpcInbox((order) => this.#orders.tell(order), bufferSize, retainWhile);
  }

  #openPasses(): Passes {
    return new Passes({
      inbox: this.#inbox,
      ready: this.#ready,
      retainWhile: (pending) => this.#retainWhile(pending),
      order: (order) => this.#orders.tell(order),
      onIdle: () => this.#exited && this.#retire(),
    });
  }

  #fork(options: ProcessOptions): ProducerProcess {
    const inbox = this.#inbox instanceof IpcInbox ? this.#inbox : undefined;
    const listener = {
      onMessage: (message: FromProducer) => this.#onMessage(message),
      onIpcMessage: (message: unknown, handle: SendHandle | undefined) => {
        if (!isIpcItem(message, this.#token)) this.#events.emit('message', message, handle);
        else inbox?.receive(message);
      },
      onIpcEnd: () => inbox?.end(),
      onExit: (status: ExitStatus) => this.#onExit(status),
    };
    return new ProducerProcess(listener, options);
  }

  #listenTo(signal: AbortSignal): void {
    const abort = () => void this.#closeWith(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    this.#forgetSignal = () => signal.removeEventListener('abort', abort);
  }

  #onMessage(message: FromProducer): void {
    switch (message.type) {
      case 'ready':
        this.#setReady();
        break;
      case 'unusable':
        this.#seal(decodeError(message.error));
        break;
      case 'end':
        this.#passes.of(message.epoch)?.end(message.sent);
        break;
      case 'error':
        this.#passes.of(message.epoch)?.fail(decodeError(message.error), message.sent);
        break;
      case 'stopped':
        this.#passes.onStopped();
        break;
      case 'crash':
        this.#crash = { error: decodeError(message.error) };
        break;
    }
  }

  #onExit(status: ExitStatus): void {
    this.#exited = true;
    this.#forgetSignal();
    this.#seal(this.#describeLoss(status));
    this.#passes.current?.fail(this.#passes.fate);
    if (this.#passes.current === undefined) this.#retire();
  }

  #describeLoss({ code, signal, spawnError }: ExitStatus): unknown {
    if (spawnError !== undefined) {
      return new ArenaError(
        'ERR_ARENA_SYSTEM',
        `no process can be started for ${this.#moduleUrl}: ${spawnError.message}`,
      );
    }
    const end = signal === null ? `exit code ${code}` : `signal ${signal}`;
    const error = new ArenaError(
      'ERR_ARENA_PEER_LOST',
      `pipeline process ${this.pid} ended with ${end} before it was closed. Its own output may say why. Run the pipeline once more.`,
      { pid: this.pid, exitCode: code ?? undefined, signal: signal ?? undefined },
    );
    if (this.#crash !== undefined) error.cause = this.#crash.error;
    return error;
  }

  #seal(error: unknown): void {
    this.#passes.seal(error);
    this.#setUnready(this.#passes.fate);
  }

  #closeWith(error: unknown): Promise<void> {
    this.#closing ??= this.#close(error);
    return this.#closing;
  }

  async #close(error: unknown): Promise<void> {
    this.#forgetSignal();
    this.#seal(error);
    this.#passes.current?.failAtOnce(error);
    this.#inbox.stop();
    await this.#process.shutDown(closeGraceMs);
    this.#retire();
  }

  /** The process has ended and no pass runs, so another pipeline may use the arena. */
  #retire(): void {
    if (this.#retired) return;
    this.#retired = true;
    this.#inbox.close();
    this.#orders?.close();
  }

  async #retainWhile<R>(pending: Promise<R>): Promise<R> {
    this.#process.retain();
    try {
      return await pending;
    } finally {
      this.#process.release();
    }
  }
}

function uncloneable(cause: Error): ArenaError {
  const message = `the message cannot be sent: ${cause.message.trim().replace(/\.?$/, '.')} Send plain data.`;
  return Object.assign(new ArenaError('ERR_ARENA_UNSENDABLE', message), { cause });
}

function unreachable(cause: Error): ArenaError {
  const message = `the pipeline's process takes no messages any more: ${cause.message}. Send while it runs.`;
  return Object.assign(new ArenaError('ERR_ARENA_CLOSED', message), { cause });
}
