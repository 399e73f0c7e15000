import type { Experiment } from '../kit/experiment.js';
import type { FanoutPlan } from './config.js';
import { type FanoutOutcome, type FanoutResult, resultOf } from './result.js';
import { show } from './show.js';

export {
  defaultConfig,
  defaultSlots,
  type FanoutConfig,
  type FanoutPlan,
  fanoutTransports as transports,
  whenFulls,
} from './config.js';
export { configOf, presetNames, presets } from './presets.js';
export type { FanoutResult } from './result.js';

/** Many writers and many readers on one ring or pool. */
export const experiment: Experiment<FanoutPlan, FanoutOutcome, FanoutResult> = {
  // What needs native code is loaded when it is used.
  check: async (plan) => (await import('./check.js')).check(plan),
  run: async (plan, progress) => (await import('./run.js')).run(plan, progress),
  resultOf,
  show,
};
