/** Messages that the code in the pipeline sends and gets on Node's IPC channel. */
import { deserialize, serialize } from 'node:v8';
import { ArenaError } from '@arena/shm-core';

type Send = NonNullable<typeof process.send>;

/**
 * Makes `process.send` refuse a message that its receiver could not deserialize. No code can catch that error
 * in the receiver, so the error would end the consumer's process.
 *
 * @returns The original `process.send`.
 */
export function guardSend(): Send {
  const send = (process.send as Send).bind(process) as Send;
  process.send = ((message: unknown, ...rest: unknown[]) => {
    checkReadable(message);
    return (send as (...args: unknown[]) => boolean)(message, ...rest);
  }) as Send;
  return send;
}

/**
 * @throws {ArenaError} `ERR_ARENA_UNSENDABLE`: structured clone could write `message` and not read it. In
 *   Node 20 an error that is part of its own cause is such a message.
 */
export function checkReadable(message: unknown): void {
  const bytes = serialized(message);
  if (bytes === undefined) return;
  try {
    deserialize(bytes);
  } catch (cause) {
    const error = new ArenaError(
      'ERR_ARENA_UNSENDABLE',
      'the message cannot be read where it arrives, most likely because an error in it is part of its own cause. Send the error in parts: its message, its code.',
    );
    error.cause = cause;
    throw error;
  }
}

/** Undefined for a message that Node refuses by itself, with an error that says why. */
function serialized(message: unknown): Buffer | undefined {
  try {
    return serialize(message);
  } catch {
    return undefined;
  }
}
