/** The part of a peer that runs in the test. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Answer, Call, Commands, SentError } from './peers/serve.js';

export interface PeerOptions {
  readonly args?: readonly string[] | undefined;
  /** Variables in addition to the environment of the test. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly execArgv?: readonly string[] | undefined;
}

/** How a process ended; a thread has no signal. */
export interface PeerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** A process or a thread, as a peer uses it. */
interface Carrier {
  readonly pid: number | undefined;
  send(call: Call): void;
  end(signal: NodeJS.Signals): void;
  /** Lets it end by itself. */
  letGo(): void;
  readonly exit: Promise<PeerExit>;
}

interface PendingCall {
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/** A real process, or thread, that serves the commands of a module which calls `servePeer`. */
export class Peer<C extends Commands = Commands> implements AsyncDisposable {
  readonly pid: number | undefined;
  /** Resolves when the module has been loaded. */
  readonly ready: Promise<void>;
  readonly exit: Promise<PeerExit>;
  readonly #carrier: Carrier;
  readonly #pending = new Map<number, PendingCall>();
  #nextId = 1;
  #exited = false;

  private constructor(start: (onAnswer: (answer: Answer) => void) => Carrier) {
    this.ready = new Promise((resolve, reject) => {
      this.#pending.set(0, { resolve: () => resolve(), reject });
    });
    // A test that does not wait for this learns of the end from its calls.
    this.ready.catch(() => {});
    this.#carrier = start((answer) => this.#settle(answer));
    this.pid = this.#carrier.pid;
    this.exit = this.#carrier.exit.then((exit) => {
      this.#exited = true;
      for (const call of this.#pending.values()) call.reject(new PeerEnded(exit));
      this.#pending.clear();
      return exit;
    });
  }

  /** Starts a process. */
  static fork<C extends Commands>(moduleUrl: string, options: PeerOptions = {}): Peer<C> {
    return new Peer<C>((onAnswer) => processCarrier(moduleUrl, options, onAnswer));
  }

  /** Starts a thread of this process: another environment of Node in it. */
  static thread<C extends Commands>(moduleUrl: string): Peer<C> {
    return new Peer<C>((onAnswer) => threadCarrier(moduleUrl, onAnswer));
  }

  /**
   * Runs a command there.
   *
   * @throws {Error} The error of the command, with its name, message and code; {@link PeerEnded} when
   *   the peer ended first.
   */
  call<K extends keyof C & string>(
    command: K,
    ...args: Parameters<C[K]>
  ): Promise<Awaited<ReturnType<C[K]>>> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      if (this.#exited) return reject(new Error(`the peer ended before ${command}`));
      this.#pending.set(id, { resolve: resolve as (result: unknown) => void, reject });
      this.#carrier.send({ id, command, args });
    });
  }

  /** Like `call`, for a command that the peer does not survive. */
  async callLast<K extends keyof C & string>(
    command: K,
    ...args: Parameters<C[K]>
  ): Promise<PeerExit> {
    this.call(command, ...args).catch(() => {});
    return this.exit;
  }

  /** Ends it from outside: a process by the signal, a thread by `terminate()`. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<PeerExit> {
    this.#carrier.end(signal);
    return this.exit;
  }

  /** Lets it end by itself, and waits until it has. */
  async end(): Promise<PeerExit> {
    this.#carrier.letGo();
    return this.exit;
  }

  /** Ends the peer in any state. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#exited) await this.kill();
  }

  #settle(answer: Answer): void {
    const id = 'id' in answer ? answer.id : 0;
    const call = this.#pending.get(id);
    this.#pending.delete(id);
    if ('error' in answer) call?.reject(received(answer.error));
    else call?.resolve('result' in answer ? answer.result : undefined);
  }
}

/** A call that got no answer because the peer ended. */
export class PeerEnded extends Error {
  constructor(readonly exit: PeerExit) {
    super(`the peer ended with ${exit.signal ?? exit.code}: ${exit.stderr}`);
    this.name = 'PeerEnded';
  }
}

const received = ({ name, message, code }: SentError): Error =>
  Object.assign(new Error(message), { name }, code === undefined ? {} : { code });

function processCarrier(
  moduleUrl: string,
  { args = [], env, execArgv = [] }: PeerOptions,
  onAnswer: (answer: Answer) => void,
): Carrier {
  const child = fork(fileURLToPath(moduleUrl), args, {
    // Do not pass the flags of the test runner.
    execArgv: [...execArgv],
    env: { ...process.env, ...env },
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  child.on('message', onAnswer);
  // A failed send means that the peer has ended. The event `exit` reports that.
  child.on('error', () => {});
  return {
    pid: child.pid,
    send: (call) => child.send(call, () => {}),
    end: (signal) => child.kill(signal),
    letGo: () => child.connected && child.disconnect(),
    exit: exitOf(child, () => stderr),
  };
}

async function exitOf(child: ChildProcess, stderr: () => string): Promise<PeerExit> {
  // Listen to `exit`: after a disconnect `close` does not come.
  const [[code, signal]] = await Promise.all([
    once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>,
    child.stderr && once(child.stderr, 'close'),
  ]);
  return { code, signal, stderr: stderr() };
}

function threadCarrier(moduleUrl: string, onAnswer: (answer: Answer) => void): Carrier {
  const worker = new Worker(new URL(moduleUrl), { execArgv: [] });
  let failure = '';
  worker.on('message', onAnswer);
  worker.on('error', (error) => {
    failure = String(error);
  });
  return {
    pid: process.pid,
    send: (call) => worker.postMessage(call),
    end: () => void worker.terminate(),
    letGo: () => worker.postMessage({ id: 0, command: 'end', args: [] }),
    // Not events.once(): an uncaught error of the thread would reject it.
    exit: new Promise((resolve) => {
      worker.once('exit', (code) => resolve({ code, signal: null, stderr: failure }));
    }),
  };
}
