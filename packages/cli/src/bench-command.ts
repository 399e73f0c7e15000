import { writeFile } from 'node:fs/promises';
import {
  checkOutputPath,
  csvText,
  type Experiment,
  type Outcome,
  type Progress,
  plotFormatOf,
  progressOnStderr,
  writeDrawing,
} from '@arena/benchmarks';
import { Flags } from '@oclif/core';
import { ArenaCommand } from './base-command.js';
import { orUsageError, usageError } from './usage-error.js';

/** The files that every benchmark writes. */
export const fileFlags = (summaries: { output: string; plot: string }) => ({
  output: Flags.string({ helpValue: 'results.csv', summary: summaries.output }),
  plot: Flags.string({ helpValue: 'plot.png|svg', summary: summaries.plot }),
});

interface Files {
  readonly output?: string | undefined;
  readonly plot?: string | undefined;
}

/** A command that runs one experiment, prints its result, and writes it to files. */
export abstract class BenchCommand extends ArenaCommand {
  static override enableJsonFlag = true;

  /**
   * @returns The output of `--json`.
   * @throws Wrong usage before anything is measured.
   */
  protected async measure<Config, Measured extends Outcome, Result>(
    experiment: Experiment<Config, Measured, Result>,
    config: Config,
    files: Files,
    progress: Progress = progressOnStderr(),
  ): Promise<Result> {
    await this.#check(experiment, config, files);
    const outcome = await experiment.run(config, progress);
    const text = experiment.show.text(outcome, this.lineWidth);
    if (text !== '') this.log(text);
    await this.#write(experiment, outcome, files);
    for (const problem of outcome.problems) process.stderr.write(`${problem}\n`);
    if (outcome.failed > 0) process.exitCode = 1;
    return experiment.resultOf(outcome);
  }

  async #check<Config>(
    experiment: Pick<Experiment<Config, never, never>, 'check'>,
    config: Config,
    { output, plot }: Files,
  ) {
    orUsageError(() => {
      for (const path of [output, plot]) if (path !== undefined) checkOutputPath(path);
      if (plot !== undefined) plotFormatOf(plot);
    });
    try {
      await experiment.check(config);
    } catch (error) {
      throw error instanceof RangeError ? usageError(error.message) : error;
    }
  }

  async #write<Measured extends Outcome>(
    { show }: Pick<Experiment<never, Measured, unknown>, 'show'>,
    outcome: Measured,
    { output, plot }: Files,
  ) {
    if (output !== undefined) {
      const csv = show.csv(outcome);
      await writeFile(output, csvText(csv));
      this.log(`Wrote ${csv.records.length} rows to ${output}.`);
    }
    const drawing = plot === undefined ? undefined : show.plot(outcome);
    if (plot !== undefined && drawing !== undefined) {
      await writeDrawing(drawing, plot);
      this.log(`Drew ${plot}.`);
    }
  }
}
