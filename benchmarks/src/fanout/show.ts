import type { Show } from '../kit/experiment.js';
import { describeHost } from '../kit/host.js';
import { wrap } from '../kit/wrap.js';
import { toCsv } from './csv.js';
import { fanoutPlotSpec } from './plot.js';
import { type FanoutOutcome, type FanoutRun, resultOf } from './result.js';
import { formatFanout } from './table.js';
import { intervalsOf, timelineOf } from './timeline.js';

const rowsOf = (run: FanoutRun) => timelineOf(run, intervalsOf(run));

export const show: Show<FanoutOutcome> = {
  text: (outcome, width) =>
    `${formatFanout(outcome.run, resultOf(outcome), width)}\n${wrap(`On ${describeHost(outcome.host)}.`, width)}`,
  csv: ({ run }) => toCsv(rowsOf(run)),
  plot: (outcome) => fanoutPlotSpec(rowsOf(outcome.run), resultOf(outcome)),
};
