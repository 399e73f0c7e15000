import { Worker } from 'node:worker_threads';
import { lifelineFd } from '../protocol/descriptors.js';

/** How long a worker has to close its sources after its parent has died, in milliseconds. */
export const orphanGraceMs = 2000;

/**
 * Kills this process `orphanGraceMs` after its parent has died.
 *
 * This is intentional: a thread of its own, at 8 MB and 25 ms of start-up. The IPC channel says the
 * same to the main thread, but a main thread that computes, or waits inside a blocking call, would
 * not hear of it and outlive its parent for as long as that takes.
 */
export function dieWithParent(): void {
  const watcher = new Worker(watcherSource, {
    eval: true,
    workerData: { fd: lifelineFd, graceMs: orphanGraceMs },
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1 },
  });
  // Without its watcher a worker still ends with its parent, only later when it is busy.
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
