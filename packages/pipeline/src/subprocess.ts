import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FromWorker, ToWorker } from './messages.js';
import { lifelineFd } from './parent-death.js';

/** How a process ended: its exit code, or the signal that ended it, or why it never ran. */
export interface ExitStatus {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly spawnError: Error | undefined;
}

export interface SubprocessOptions {
  readonly execArgv: readonly string[] | undefined;
  readonly env: NodeJS.ProcessEnv | undefined;
}

export interface SubprocessListener {
  onMessage(message: FromWorker): void;
  /** Called once, after the last message. */
  onExit(status: ExitStatus): void;
}

const workerEntry = fileURLToPath(new URL('./worker-entry.js', import.meta.url));

/**
 * One forked worker process and its IPC channel.
 *
 * It keeps this process's event loop alive only between `retain` and `release`, and it ends when
 * this process does, however that ends.
 */
export class Subprocess {
  readonly #child: ChildProcess;
  readonly #listener: SubprocessListener;
  #retained = 0;
  #exited = false;
  readonly #exit: Promise<void>;
  #resolveExit: () => void = () => {};

  constructor(listener: SubprocessListener, { execArgv, env }: SubprocessOptions) {
    this.#listener = listener;
    this.#exit = new Promise((resolve) => {
      this.#resolveExit = resolve;
    });
    this.#child = fork(workerEntry, {
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc', 'pipe'],
      execArgv: [...(execArgv ?? inheritedExecArgv())],
      env: env ?? process.env,
    });
    this.#listen();
    this.#unrefLifeline();
    this.#child.unref();
    this.#child.channel?.unref();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Resolves once the process is gone and its last message has been handled. */
  get exited(): Promise<void> {
    return this.#exit;
  }

  /** Does nothing when the process is gone. Throws where `message` cannot be cloned. */
  send(message: ToWorker): void {
    // The callback keeps a failing send from being an unhandled 'error'; the exit tells of it.
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  /** Keeps the event loop alive until as many calls of `release`. */
  retain(): void {
    if (this.#retained++ > 0 || this.#exited) return;
    this.#child.ref();
    this.#child.channel?.ref();
  }

  release(): void {
    if (--this.#retained > 0) return;
    this.#child.unref();
    this.#child.channel?.unref();
  }

  /** Asks the process to end, and kills it where it has not within `graceMs`. */
  async shutDown(graceMs: number): Promise<void> {
    if (this.#exited) return;
    this.retain();
    this.send({ type: 'close' });
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), graceMs);
    await this.#exit;
    clearTimeout(timer);
    this.release();
  }

  #listen(): void {
    const child = this.#child;
    child.on('message', (message) => this.#listener.onMessage(message as FromWorker));
    child.once('exit', (code, signal) => {
      const status = { code, signal, spawnError: undefined };
      // What the process said last may still be on its way.
      if (child.connected) child.once('disconnect', () => this.#settle(status));
      else this.#settle(status);
    });
    child.on('error', (error) => {
      // Also emitted where a signal cannot be delivered, which the exit makes up for.
      if (child.pid === undefined) this.#settle({ code: null, signal: null, spawnError: error });
    });
  }

  #settle(status: ExitStatus): void {
    if (this.#exited) return;
    this.#exited = true;
    this.#child.stdio[lifelineFd]?.destroy();
    this.#listener.onExit(status);
    this.#resolveExit();
  }

  /** The worker watches its end of this pipe, which closes with this process and never before. */
  #unrefLifeline(): void {
    const lifeline = this.#child.stdio[lifelineFd];
    lifeline?.on('error', () => {});
    (lifeline as { unref?: () => void } | null | undefined)?.unref?.();
  }
}

/** Options of Node that hold the main script itself, or say how to read it. */
const scriptOptions = new Set(['-e', '--eval', '-p', '--print', '-pe', '--input-type']);

/** This process's own Node options, less the script of a `node -e`, which would run once more. */
function inheritedExecArgv(): string[] {
  return process.execArgv.filter((option, index, all) => {
    const isValue = scriptOptions.has(all[index - 1] ?? '');
    return !isValue && !scriptOptions.has(option.split('=', 1)[0] as string);
  });
}
