import { type ChildProcess, fork, type SendHandle } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { lifelineFd, messageFd } from '../protocol/descriptors.js';
import { MessagePipe } from '../protocol/message-pipe.js';
import type { FromProducer, ToProducer } from '../protocol/messages.js';

/** The end of a process: its exit code, the signal that ended it, or the reason why it never ran. */
export interface ExitStatus {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly spawnError: Error | undefined;
}

export interface ProcessOptions {
  readonly execArgv: readonly string[] | undefined;
  readonly env: NodeJS.ProcessEnv | undefined;
}

export interface ProducerListener {
  onMessage(message: FromProducer): void;
  /** A message on Node's IPC channel: an item, or a message of the code in the pipeline. */
  onIpcMessage(message: unknown, handle: SendHandle | undefined): void;
  onIpcEnd(): void;
  /** Called once, after all messages of both kinds. */
  onExit(status: ExitStatus): void;
}

const mainScript = fileURLToPath(new URL('../producer/main.js', import.meta.url));

/**
 * One forked producer process, the pipe for messages to it, and Node's IPC channel.
 *
 * It keeps this process's event loop alive only between `retain` and `release`. It ends when this process
 * ends, in any way.
 */
export class ProducerProcess {
  readonly #child: ChildProcess;
  readonly #listener: ProducerListener;
  readonly #pipe: MessagePipe<FromProducer, ToProducer> | undefined;
  #retained = 0;
  /** The end of the process. Its last messages may arrive later. */
  #status: ExitStatus | undefined;
  #exited = false;
  readonly #exit: Promise<void>;
  #resolveExit: () => void = () => {};

  constructor(listener: ProducerListener, { execArgv, env }: ProcessOptions) {
    this.#listener = listener;
    this.#exit = new Promise((resolve) => {
      this.#resolveExit = resolve;
    });
    this.#child = fork(mainScript, {
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc', 'pipe', 'pipe'],
      execArgv: [...(execArgv ?? inheritedExecArgv())],
      env: env ?? process.env,
    });
    this.#listen();
    this.#pipe = this.#openPipe();
    this.#unrefLifeline();
    this.#unref();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Does nothing when the process is gone. */
  tell(message: ToProducer): void {
    if (this.#pipe?.closed === false) this.#pipe.tell(message);
  }

  /** Sends on Node's IPC channel. Throws for a value that cannot be cloned; `done` gets every other error. */
  sendIpc(message: unknown, done: (error: Error | null) => void): void {
    this.#child.send(message as object, done);
  }

  /** Keeps the event loop alive until `release` was called as often as this. */
  retain(): void {
    if (this.#retained++ > 0 || this.#exited) return;
    this.#child.ref();
    this.#channel?.ref?.();
    this.#pipe?.ref();
  }

  release(): void {
    if (--this.#retained === 0) this.#unref();
  }

  /** Asks the process to end, and kills it when it has not ended after `graceMs`. */
  async shutDown(graceMs: number): Promise<void> {
    if (this.#exited) return;
    this.retain();
    this.tell({ type: 'close' });
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), graceMs);
    await this.#exit;
    clearTimeout(timer);
    this.release();
  }

  /** Bun's channel cannot be unreferenced. It keeps no process alive there. */
  get #channel(): { ref?: () => void; unref?: () => void } | null | undefined {
    return this.#child.channel;
  }

  #unref(): void {
    this.#child.unref();
    this.#channel?.unref?.();
    this.#pipe?.unref();
  }

  #listen(): void {
    const child = this.#child;
    child.on('message', (message, handle) => this.#listener.onIpcMessage(message, handle));
    child.once('disconnect', () => {
      this.#listener.onIpcEnd();
      this.#settle();
    });
    child.once('exit', (code, signal) => this.#end({ code, signal, spawnError: undefined }));
    child.on('error', (error) => {
      // Node also emits 'error' when a signal cannot be delivered. The exit reports that case.
      if (child.pid === undefined) this.#end({ code: null, signal: null, spawnError: error });
    });
  }

  /** Undefined where the process could not be started. */
  #openPipe(): MessagePipe<FromProducer, ToProducer> | undefined {
    const socket = (this.#child.stdio as readonly unknown[])[messageFd] as
      | Socket
      | null
      | undefined;
    if (!socket) return undefined;
    return new MessagePipe(socket, {
      onMessage: (message) => this.#listener.onMessage(message),
      onEnd: () => this.#settle(),
    });
  }

  #end(status: ExitStatus): void {
    this.#status ??= status;
    this.#settle();
  }

  /** Reports the end of the process, once its last message has arrived. */
  #settle(): void {
    if (this.#exited || this.#status === undefined) return;
    const { spawnError } = this.#status;
    if (spawnError === undefined && (this.#child.connected || this.#pipe?.closed === false)) return;
    this.#exited = true;
    this.#pipe?.close();
    this.#child.stdio[lifelineFd]?.destroy();
    this.#listener.onExit(this.#status);
    this.#resolveExit();
  }

  /** The producer watches the other end of this pipe. It closes when this process ends, not before. */
  #unrefLifeline(): void {
    const lifeline = this.#child.stdio[lifelineFd];
    lifeline?.on('error', () => {});
    (lifeline as { unref?: () => void } | null | undefined)?.unref?.();
  }
}

/** Options of Node that are the main script, or say how to read it. */
const scriptOptions = new Set(['-e', '--eval', '-p', '--print', '-pe', '--input-type']);

/** This process's own Node options. The script of a `node -e` is left out: it would run once more. */
function inheritedExecArgv(): string[] {
  return process.execArgv.filter((option, index, all) => {
    const isValue = scriptOptions.has(all[index - 1] ?? '');
    return !isValue && !scriptOptions.has(option.split('=', 1)[0] as string);
  });
}
