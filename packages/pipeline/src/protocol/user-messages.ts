/** What keeps messages of the code in the pipeline from harming whoever receives them. */
import { deserialize, serialize } from 'node:v8';
import { ArenaError } from '@arena/shm-core';

type Send = NonNullable<typeof process.send>;

/**
 * Makes `process.send` refuse what its receiver could not deserialize: Node has no way to catch that
 * there, so it would end the consumer's process.
 *
 * @returns `process.send` as it was.
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
 * @throws {ArenaError} `ERR_ARENA_UNSENDABLE`: structured clone writes `message` and cannot read it,
 *   as it does with an error that is part of its own cause.
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

/** Undefined for what Node itself refuses, with an error that says why. */
function serialized(message: unknown): Buffer | undefined {
  try {
    return serialize(message);
  } catch {
    return undefined;
  }
}
