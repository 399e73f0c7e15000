import { Worker } from 'node:worker_threads';
import { lifelineFd } from '../protocol/descriptors.js';

/** How many milliseconds a producer has to close its sources after its consumer has died. */
export const orphanGraceMs = 2000;

/**
 * Kills this process `orphanGraceMs` after its parent has died.
 *
 * This is intentional: a thread watches for the death of the parent, which costs 8 MB and 25 ms at the start.
 * The message pipe reports the death to the main thread as well. But a main thread that computes or blocks
 * does not read the pipe, and without the thread the process would outlive its parent.
 */
export function dieWithParent(): void {
  const watcher = new Worker(watcherSource, {
    eval: true,
    workerData: { fd: lifelineFd, graceMs: orphanGraceMs },
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1 },
  });
  // Without the thread, the main thread still ends the process, once it is not busy.
  watcher.on('error', () => {});
  watcher.unref();
}

const watcherSource = `
  const { Socket } = require('node:net');
  const { fd, graceMs } = require('node:worker_threads').workerData;
  const lifeline = new Socket({ fd });
  lifeline.on('error', () => {});
  lifeline.on('close', () => setTimeout(() => process.kill(process.pid, 'SIGKILL'), graceMs));
  lifeline.resume();
`;
