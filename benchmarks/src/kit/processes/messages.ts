/** The messages between a process and the process that started it. */

/** The starter calls a function of the process. */
export interface Call {
  readonly call: number;
  readonly name: string;
  readonly request: unknown;
}

/** The process answers the call, or sends news while it works on it. */
export type Answer =
  | { readonly answers: number; readonly news: unknown }
  | { readonly answers: number; readonly reply: unknown }
  | { readonly answers: number; readonly failure: string };

// Benchmarks send bare binaries through the same channel.
const isObject = (message: unknown): message is object =>
  typeof message === 'object' && message !== null && !(message instanceof Uint8Array);

export const isCall = (message: unknown): message is Call => isObject(message) && 'call' in message;

export const isAnswer = (message: unknown): message is Answer =>
  isObject(message) && 'answers' in message;

/**
 * The functions that a process offers, by name. The first argument is the request; the second takes
 * news for the starter.
 */
export type Functions = {
  readonly [name: string]: (request: never, tell: never) => unknown;
};
