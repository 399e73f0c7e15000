/** The part of a peer that runs in the other process or thread. */
import { parentPort } from 'node:worker_threads';

// biome-ignore lint/suspicious/noExplicitAny: each peer's commands have types of their own
export type Commands = Record<string, (...args: any[]) => unknown>;

export interface Call {
  /** 0 ends a thread. Closing the channel ends a process. */
  readonly id: number;
  readonly command: string;
  readonly args: readonly unknown[];
}

/** An error as a message. Structured clone would drop the code. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly code: string | undefined;
}

export type Answer =
  | { readonly ready: true }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: SentError };

/**
 * Serves `commands` to the test that started this process or thread, until the test ends it. It also ends
 * when the test has ended.
 */
export function servePeer(commands: Commands): void {
  const send = (answer: Answer) => {
    if (parentPort) parentPort.postMessage(answer);
    else process.send?.(answer);
  };
  const serve = async ({ id, command, args }: Call) => {
    try {
      const run = commands[command];
      if (!run) throw new Error(`this peer knows no command ${command}`);
      send({ id, result: await run(...args) });
    } catch (error) {
      send({ id, error: toSend(error as Error & { code?: string }) });
    }
  };
  if (parentPort) {
    const port = parentPort;
    port.on('message', (call: Call) => (call.id === 0 ? port.close() : serve(call)));
  } else {
    process.on('message', serve);
    process.once('disconnect', () => process.exit());
  }
  send({ ready: true });
}

const toSend = ({ name, message, code }: Error & { code?: string }): SentError => ({
  name,
  message,
  code,
});
