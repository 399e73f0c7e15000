import type { Experiment } from '../kit/experiment.js';
import type { LatencyConfig } from './config.js';
import { type LatencyOutcome, type LatencyResult, resultOf } from './result.js';
import { show } from './show.js';

export {
  calls,
  defaultConfig,
  type LatencyConfig,
  latencyTransports as transports,
  placements,
} from './config.js';
export type { LatencyResult } from './result.js';

/** Measures the time of a request and its reply. */
export const experiment: Experiment<LatencyConfig, LatencyOutcome, LatencyResult> = {
  // Load the native code here, so that a missing addon fails before a process is started for each
  // measurement.
  check: async () => void (await import('@arena/shm-core')),
  // Modules that need native code are loaded at their first use.
  run: async (config, progress) => (await import('./run.js')).run(config, progress),
  resultOf,
  show,
};
