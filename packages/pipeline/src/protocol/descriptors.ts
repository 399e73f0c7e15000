/** Descriptors that the producer process is born with, beside Node's IPC channel (3). */

/** A pipe whose other end the consumer holds: it ends when the consumer's process does. */
export const lifelineFd = 4;

/** What the two processes say about passes: a {@link MessagePipe} in both directions. */
export const messageFd = 5;
