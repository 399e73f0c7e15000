import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { messageOf } from '@arena/shm-core/internal';
import { type Answer, type Call, type Functions, isAnswer } from './messages.js';

interface Pending {
  resolve(reply: never): void;
  reject(error: Error): void;
  onNews: ((news: never) => void) | undefined;
}

export interface StartOptions {
  /** Name of the process in messages. */
  readonly name: string;
  /** Variables beside those of this process. */
  readonly environment?: NodeJS.ProcessEnv;
  /** A program and its arguments, to which the command that starts Node.js is appended. */
  readonly launcher?: readonly string[];
}

/** The process has ended without a request. */
export class EndedEarly extends Error {}

const endOf = (code: number | null, signal: NodeJS.Signals | null) =>
  signal === null ? `exit code ${code}` : `signal ${signal}`;

/**
 * A process that an experiment has started. Its functions, which its module hands to `serve`, are
 * called from here. It ends when this process ends.
 */
export class StartedProcess<Offered extends Functions> {
  readonly child: ChildProcess;
  readonly #name: string;
  readonly #pending = new Map<number, Pending>();
  readonly #ended: Promise<void>;
  #calls = 0;
  /** The reason why the process no longer answers. */
  #endReason: Error | undefined;

  constructor(module: URL, { name, environment = {}, launcher = [] }: StartOptions) {
    const [execPath = process.execPath, ...execArgv] = [...launcher, process.execPath];
    this.#name = name;
    this.child = fork(module, {
      execPath,
      execArgv,
      // Binaries that a benchmark sends through the channel arrive as binaries.
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, ...environment },
    });
    this.child.on('message', (message) => {
      if (isAnswer(message)) this.#onAnswer(message);
    });
    this.#ended = this.#end();
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Name and process id. */
  get title(): string {
    return `${this.#name} ${this.pid}`;
  }

  /**
   * Calls a function of the process.
   *
   * @throws {EndedEarly} The process has ended.
   * @throws {Error} The function threw.
   */
  call<Name extends keyof Offered & string>(
    name: Name,
    ...[request, onNews]: Parameters<Offered[Name]>
  ): Promise<Awaited<ReturnType<Offered[Name]>>> {
    if (this.#endReason) return Promise.reject(this.#endReason);
    const call = this.#calls++;
    return new Promise((resolve, reject) => {
      this.#pending.set(call, { resolve, reject, onNews });
      const message: Call = { call, name, request };
      // When the process has ended, the handler of its end fails the call.
      this.child.send(message, () => {});
    });
  }

  /** Ends the process and waits for its end. */
  async stop(): Promise<void> {
    if (this.child.connected) this.child.disconnect();
    await this.#ended;
  }

  /** Ends the process at once, in any state, and waits for its end. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.#ended;
  }

  /** Resolves once the process has ended and all of its messages have arrived. */
  async #end(): Promise<void> {
    const disconnected = once(this.child, 'disconnect');
    // A process that could not be started never disconnects.
    disconnected.catch(() => {});
    try {
      const [code, signal] = await once(this.child, 'exit');
      await disconnected;
      this.#failAll(new EndedEarly(`${this.title} ended early, ${endOf(code, signal)}`));
    } catch (error) {
      this.#failAll(new Error(`${this.#name} could not be started: ${messageOf(error)}`));
    }
  }

  #settle(call: number): Pending | undefined {
    const pending = this.#pending.get(call);
    this.#pending.delete(call);
    return pending;
  }

  #onAnswer(answer: Answer): void {
    if ('news' in answer) this.#pending.get(answer.answers)?.onNews?.(answer.news as never);
    else if ('failure' in answer) {
      this.#settle(answer.answers)?.reject(new Error(answer.failure));
    } else this.#settle(answer.answers)?.resolve(answer.reply as never);
  }

  #failAll(reason: Error): void {
    this.#endReason ??= reason;
    for (const call of [...this.#pending.keys()]) this.#settle(call)?.reject(reason);
  }
}
