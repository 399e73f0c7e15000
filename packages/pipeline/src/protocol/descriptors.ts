/** Descriptors that a producer process has from its start. Node's IPC channel is descriptor 3. */

/** A pipe. The consumer holds its other end, so it ends when the consumer's process ends. */
export const lifelineFd = 4;

/** A pipe in both directions for messages about passes: see message-pipe.ts. */
export const messageFd = 5;
