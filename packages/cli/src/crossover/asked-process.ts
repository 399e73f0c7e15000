import { type ChildProcess, fork, type SerializationType } from 'node:child_process';

interface Question<Request> {
  readonly id: number;
  readonly request: Request;
}

type Answer<Reply> =
  | { readonly id: number; readonly reply: Reply }
  | { readonly id: number; readonly failure: string };

const isTalk = (message: unknown): message is { id: number } =>
  typeof message === 'object' && message !== null && 'id' in message;

interface Pending {
  resolve(reply: never): void;
  reject(error: Error): void;
}

/** A process of our own that answers requests, and ends with this one. */
export class AskedProcess<Request, Reply> {
  readonly child: ChildProcess;
  readonly #pending = new Map<number, Pending>();
  readonly #ended: Promise<void>;
  #ids = 0;
  /** Why it answers no more. */
  #endReason: string | undefined;

  /** @param environment Variables beside those of this process. */
  constructor(
    module: URL,
    serialization: SerializationType = 'json',
    environment: NodeJS.ProcessEnv = {},
  ) {
    const env = { ...process.env, ...environment };
    this.child = fork(module, { execArgv: [], serialization, env });
    this.child.on('message', (message) => this.#onAnswer(message));
    this.#ended = new Promise((resolve) => {
      this.child.once('error', (error) => {
        this.#failAll(error.message);
        resolve();
      });
      this.child.once('exit', (code, signal) => {
        this.#failAll(`a process of it ended early, ${signal ?? `exit code ${code}`}`);
        resolve();
      });
    });
  }

  /** @throws {Error} What the process answered with, or that it has ended. */
  ask(request: Request): Promise<Reply> {
    if (this.#endReason !== undefined) return Promise.reject(new Error(this.#endReason));
    const id = this.#ids++;
    return new Promise<Reply>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      const question: Question<Request> = { id, request };
      this.child.send(question, (error) => {
        if (error) this.#settle(id)?.reject(error);
      });
    });
  }

  /** Ends the process and waits until it is gone. */
  async stop(): Promise<void> {
    if (this.child.connected) this.child.disconnect();
    await this.#ended;
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  #onAnswer(message: unknown): void {
    if (!isTalk(message)) return;
    const answer = message as Answer<Reply>;
    const pending = this.#settle(answer.id);
    if ('failure' in answer) pending?.reject(new Error(answer.failure));
    else pending?.resolve(answer.reply as never);
  }

  #failAll(reason: string): void {
    this.#endReason = reason;
    for (const id of [...this.#pending.keys()]) this.#settle(id)?.reject(new Error(reason));
  }
}

/** The other side: answers what the parent asks, and ends when the parent is gone. */
export function answerParent<Request>(answer: (request: Request) => Promise<unknown>): void {
  // At once: whoever asked is gone, and open ends would keep this process for ever.
  process.once('disconnect', () => process.exit());
  process.on('message', async (message) => {
    if (!isTalk(message)) return;
    const { id, request } = message as Question<Request>;
    try {
      process.send?.({ id, reply: (await answer(request)) ?? null });
    } catch (error) {
      process.send?.({ id, failure: error instanceof Error ? error.message : String(error) });
    }
  });
}
