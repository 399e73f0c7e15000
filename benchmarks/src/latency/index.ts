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

/** How long a request and its reply take. */
export const experiment: Experiment<LatencyConfig, LatencyOutcome, LatencyResult> = {
  // Fails where the native code does not load, before a process is started for each measurement.
  check: async () => void (await import('@arena/shm-core')),
  // What needs native code is loaded when it is used.
  run: async (config, progress) => (await import('./run.js')).run(config, progress),
  resultOf,
  show,
};
