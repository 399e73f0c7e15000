import type { Experiment } from '../kit/experiment.js';
import type { CrossoverConfig } from './config.js';
import { type CrossoverOutcome, type CrossoverResult, resultOf } from './result.js';
import { show } from './show.js';

export { transports } from '../links/transports.js';
export {
  type CrossoverConfig,
  defaultConfig,
  defaultPoints,
  defaultRange,
  logSpaced,
  metrics,
} from './config.js';
export type { CrossoverResult } from './result.js';

/** From which size on zero-copy is faster than copying. */
export const experiment: Experiment<CrossoverConfig, CrossoverOutcome, CrossoverResult> = {
  // Fails where the native code does not load, before a process is started for each measurement.
  check: async () => void (await import('@arena/shm-core')),
  // What needs native code is loaded when it is used.
  run: async (config, progress) => (await import('./run.js')).run(config, progress),
  resultOf,
  show,
};
