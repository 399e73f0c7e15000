import type { Experiment } from '../kit/experiment.js';
import type { TransportConfig } from './config.js';
import { resultOf, type TransportOutcome, type TransportResult } from './result.js';
import { show } from './show.js';

export { defaultConfig, parseSizeMiB, type TransportConfig, transports } from './config.js';
export { kindNames } from './kinds.js';
export type { TransportResult } from './result.js';

/** Measures how fast items reach another process: without an arena, by ring, by pool. */
export const experiment: Experiment<TransportConfig, TransportOutcome, TransportResult> = {
  // Modules that need native code are loaded at their first use.
  check: async (config) => (await import('./check.js')).check(config),
  run: async (config, progress) => (await import('./run.js')).run(config, progress),
  resultOf,
  show,
};
