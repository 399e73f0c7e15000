import type { Restored } from '@arena/payloads';
import { type Arena, ArenaError } from '@arena/shm-core';
import type { Inbox, RetainWhile } from './channel.js';
import { ArenaInbox } from './channel-arena.js';
import { IpcInbox } from './channel-ipc.js';
import { decodeError } from './error-transfer.js';
import { PipelineError } from './errors.js';
import { type ArenaAddress, type FromWorker, nextEpoch, type Setup } from './messages.js';
import { type Order, OrderSender } from './orders.js';
import { Pass, type PassHost } from './pass.js';
import { type ExitStatus, Subprocess, type SubprocessOptions } from './subprocess.js';

/** How long a worker has to close its sources before it is killed, in milliseconds. */
const closeGraceMs = 2000;

/**
 * The items of a pipeline that runs in a process of its own. Made by `runInSubprocess`.
 *
 * Each iteration is one pass, from the first item on, over the same process and arena. One at a
 * time: a second one fails with `ERR_ARENA_PIPELINE_BUSY`. Leaving a loop early stops the pass in
 * the worker; items on their way are dropped.
 *
 * An item that is an object has a non-enumerable `Symbol.dispose` that ends the lease on its
 * payloads, so `for await (using item of pipeline)` returns the memory after every turn.
 */
export class SubprocessPipeline<T> implements AsyncIterable<Restored<T>>, AsyncDisposable {
  readonly #subprocess: Subprocess;
  readonly #inbox: Inbox;
  readonly #orders: OrderSender | undefined;
  readonly #moduleUrl: string;
  readonly #host: PassHost;
  readonly #ready: Promise<void>;
  #isReady = false;
  #setReady: () => void = () => {};
  #setUnready: (error: unknown) => void = () => {};
  #pass: Pass<unknown> | undefined;
  /** The pass that the worker was told to start last. */
  #startedEpoch: number | undefined;
  /** Until the worker has written the last unit of a pass that was left. */
  #stopping: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;
  /** Why there are no more passes. */
  #fate: { readonly error: unknown } | undefined;
  /** What the worker said it is dying of. */
  #crash: { readonly error: unknown } | undefined;
  #exited = false;
  #retired = false;
  #closing: Promise<void> | undefined;
  #forgetSignal: () => void = () => {};

  /** @internal Use `runInSubprocess`. */
  constructor(
    setup: Omit<Setup, 'type' | 'arena'>,
    arena: Arena | undefined,
    signal: AbortSignal | undefined,
    options: SubprocessOptions,
  ) {
    this.#moduleUrl = setup.moduleUrl;
    this.#ready = new Promise((resolve, reject) => {
      this.#setReady = resolve;
      this.#setUnready = reject;
    });
    // Whoever asks hears of it; nobody has to ask.
    this.#ready.catch(() => {});
    const retainWhile: RetainWhile = (pending) => this.#retainWhile(pending);
    this.#inbox =
      arena === undefined
        ? new IpcInbox((epoch) => this.#subprocess.send({ type: 'taken', epoch }), retainWhile)
        : new ArenaInbox(arena, retainWhile);
    this.#orders = arena && new OrderSender();
    this.#host = this.#makeHost();
    this.#subprocess = this.#fork(options);
    this.#sendSetup({ ...setup, type: 'setup', arena: this.#addressOf(arena) });
    if (signal !== undefined) this.#listenTo(signal);
  }

  /** The worker's process id; undefined where it could not be started. */
  get pid(): number | undefined {
    return this.#subprocess.pid;
  }

  /**
   * Resolves once the worker has built its pipeline. Rejects with what that failed with; iterating
   * fails with the same.
   */
  get ready(): Promise<void> {
    return this.#retainWhile(this.#ready);
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Restored<T>, undefined> {
    return new Pass<Restored<T>>(this.#host, nextEpoch());
  }

  /**
   * Ends the worker, and kills it where it does not end by itself within two seconds. A loop that
   * is going on fails with `ERR_ARENA_CLOSED`. Leases stay valid, and the arena stays open.
   */
  close(): Promise<void> {
    return this.#closeWith(
      new ArenaError('ERR_ARENA_CLOSED', 'the pipeline is closed. Run it once more to iterate it.'),
    );
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #addressOf(arena: Arena | undefined): ArenaAddress | undefined {
    if (arena === undefined || this.#orders === undefined) return undefined;
    return { kind: arena.kind, handle: arena.handle, orders: this.#orders.handle };
  }

  #fork(options: SubprocessOptions): Subprocess {
    const listener = {
      onMessage: (message: FromWorker) => this.#onMessage(message),
      onExit: (status: ExitStatus) => this.#onExit(status),
    };
    try {
      return new Subprocess(listener, options);
    } catch (error) {
      this.#inbox.close();
      this.#orders?.close();
      throw error;
    }
  }

  #sendSetup(setup: Setup): void {
    try {
      this.#subprocess.send(setup);
    } catch (error) {
      // Most of all args that cannot be cloned.
      void this.#closeWith(error);
      throw error;
    }
  }

  #listenTo(signal: AbortSignal): void {
    const abort = () => void this.#closeWith(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    this.#forgetSignal = () => signal.removeEventListener('abort', abort);
  }

  #makeHost(): PassHost {
    return {
      inbox: this.#inbox,
      begin: (pass) => this.#begin(pass),
      finish: (pass, left) => this.#finish(pass, left),
    };
  }

  async #begin(pass: Pass<unknown>): Promise<void> {
    this.#checkOpen();
    if (this.#pass !== undefined) {
      throw new PipelineError(
        'ERR_ARENA_PIPELINE_BUSY',
        'another iteration over this pipeline is still open. End it first, or run the pipeline in one more subprocess.',
      );
    }
    this.#pass = pass;
    // Before that, an arena knows no writer of ours, only those of earlier processes.
    if (!this.#isReady) await this.#retainWhile(this.#ready);
    // What a pass that was left still writes must not overtake or overwrite what this one does.
    if (this.#stopping !== undefined) await this.#retainWhile(this.#stopping.promise);
    this.#checkOpen();
    if (this.#pass !== pass) return;
    this.#startedEpoch = pass.epoch;
    this.#order({ type: 'start', epoch: pass.epoch });
  }

  #checkOpen(): void {
    if (this.#fate !== undefined) throw this.#fate.error;
  }

  #finish(pass: Pass<unknown>, left: boolean): void {
    if (this.#pass !== pass) return;
    this.#pass = undefined;
    if (this.#exited) this.#retire();
    else if (left && this.#startedEpoch === pass.epoch) this.#stop(pass.epoch);
  }

  #stop(epoch: number): void {
    let resolve = () => {};
    const promise = new Promise<void>((settle) => {
      resolve = settle;
    });
    this.#stopping = { promise, resolve };
    this.#order({ type: 'stop', epoch });
  }

  #order(order: Order): void {
    if (this.#orders) this.#orders.send(order);
    else this.#subprocess.send(order);
  }

  #endStopping(): void {
    this.#stopping?.resolve();
    this.#stopping = undefined;
  }

  #onMessage(message: FromWorker): void {
    switch (message.type) {
      case 'ready':
        this.#isReady = true;
        this.#setReady();
        break;
      case 'unusable':
        this.#seal(decodeError(message.error));
        break;
      case 'item':
        if (this.#inbox instanceof IpcInbox) this.#inbox.receive(message.epoch, message.item);
        break;
      case 'packed-item':
        if (this.#inbox instanceof IpcInbox) this.#inbox.receivePacked(message.epoch, message.item);
        break;
      case 'end':
        this.#passOf(message.epoch)?.end();
        break;
      case 'error':
        this.#passOf(message.epoch)?.fail(decodeError(message.error));
        break;
      case 'stopped':
        this.#inbox.drain();
        this.#endStopping();
        break;
      case 'crash':
        this.#crash = { error: decodeError(message.error) };
        break;
    }
  }

  #passOf(epoch: number): Pass<unknown> | undefined {
    return this.#pass?.epoch === epoch ? this.#pass : undefined;
  }

  #onExit(status: ExitStatus): void {
    this.#exited = true;
    this.#forgetSignal();
    this.#seal(this.#describeLoss(status));
    this.#pass?.fail(this.#fate?.error);
    if (this.#pass === undefined) this.#retire();
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

  /** From here on there are no more passes; the first reason stays. */
  #seal(error: unknown): void {
    if (this.#fate !== undefined) return;
    this.#fate = { error };
    this.#setUnready(error);
    this.#endStopping();
  }

  #closeWith(error: unknown): Promise<void> {
    this.#closing ??= this.#close(error);
    return this.#closing;
  }

  async #close(error: unknown): Promise<void> {
    this.#forgetSignal();
    this.#seal(error);
    this.#pass?.failAtOnce(error);
    await this.#subprocess.shutDown(closeGraceMs);
    this.#retire();
  }

  /** The process is gone and nobody reads: the arena is free for another pipeline. */
  #retire(): void {
    if (this.#retired) return;
    this.#retired = true;
    this.#inbox.close();
    this.#orders?.close();
  }

  async #retainWhile<R>(pending: Promise<R>): Promise<R> {
    this.#subprocess.retain();
    try {
      return await pending;
    } finally {
      this.#subprocess.release();
    }
  }
}
