/** The shape that every experiment has. */
import type { TopLevelSpec } from 'vega-lite';
import type { Csv } from './csv.js';
import type { Host } from './host.js';
import type { Progress } from './progress.js';

/** The part that the outcomes of all experiments share. */
export interface Outcome {
  readonly host: Host;
  /** Number of measurements that failed, or whose check failed. */
  readonly failed: number;
  /** Sentences that describe the faults of the measurements. */
  readonly problems: readonly string[];
}

/** The ways to show an outcome to people and to other programs. */
export interface Show<Measured extends Outcome> {
  /** Tables and notes; empty when nothing was measured. A line has at most `width` letters. */
  text(outcome: Measured, width: number): string;
  /** The content of the file of `--output`. */
  csv(outcome: Measured): Csv;
  /** The plot of `--plot`; absent when nothing was measured. */
  plot(outcome: Measured): TopLevelSpec | undefined;
}

export interface Experiment<Config, Measured extends Outcome, Result> {
  /**
   * Makes sure that a run can take place at all.
   *
   * @throws {RangeError} It cannot, whatever the machine does meanwhile.
   */
  check(config: Config): Promise<void>;
  /** Measures. A measurement that fails is left out, and `progress` gets the reason. */
  run(config: Config, progress: Progress): Promise<Measured>;
  /** The output of `--json`. */
  resultOf(outcome: Measured): Result;
  readonly show: Show<Measured>;
}
