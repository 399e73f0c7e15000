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

/** Finds the size above which zero-copy is faster than copying. */
export const experiment: Experiment<CrossoverConfig, CrossoverOutcome, CrossoverResult> = {
  // Load the native code here, so that a missing addon fails before a process is started for each
  // measurement.
  check: async () => void (await import('@arena/shm-core')),
  // Modules that need native code are loaded at their first use.
  run: async (config, progress) => (await import('./run.js')).run(config, progress),
  resultOf,
  show,
};
