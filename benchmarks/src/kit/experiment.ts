/** The shape that every experiment has. */
import type { TopLevelSpec } from 'vega-lite';
import type { Csv } from './csv.js';
import type { Host } from './host.js';
import type { Progress } from './progress.js';

/** What a run leaves, whatever was measured. */
export interface Outcome {
  readonly host: Host;
  /** How many measurements could not be made or were found wrong. */
  readonly failed: number;
  /** What is wrong with the measurements that were made, in words. */
  readonly problems: readonly string[];
}

/** How an outcome is shown to people and to other programs. */
export interface Show<Measured extends Outcome> {
  /** Tables and notes; empty when nothing was measured. A line has at most `width` letters. */
  text(outcome: Measured, width: number): string;
  /** What `--output` writes. */
  csv(outcome: Measured): Csv;
  /** What `--plot` draws; absent when nothing was measured. */
  plot(outcome: Measured): TopLevelSpec | undefined;
}

export interface Experiment<Config, Measured extends Outcome, Result> {
  /**
   * Makes sure that a run can take place at all.
   *
   * @throws {RangeError} It cannot, whatever the machine does meanwhile.
   */
  check(config: Config): Promise<void>;
  /** Measures. A measurement that fails is skipped, and `progress` is told why. */
  run(config: Config, progress: Progress): Promise<Measured>;
  /** What `--json` prints. */
  resultOf(outcome: Measured): Result;
  readonly show: Show<Measured>;
}
