/** Results in files, which can be drawn again. */
import type { TopLevelSpec } from 'vega-lite';
import { crossoverPlotSpec } from './crossover/plot.js';
import { compare, recommendThreshold } from './crossover/result.js';
import { samplesIn } from './crossover/sample-files.js';
import { formatComparisons } from './crossover/tables.js';
import type { PlotText } from './kit/plots/specification.js';
import { wrap } from './kit/wrap.js';
import { fromCsv } from './transport/csv.js';
import { plotSpec } from './transport/plot.js';
import { isTrend, trendFromCsv } from './trend/csv.js';
import { trendPlotSpec } from './trend/plot.js';

export interface Recorded {
  readonly rows: number;
  /** Conclusions from the rows, in lines of at most `width` letters; empty when there are none. */
  text(width: number): string;
  plot(text: PlotText): TopLevelSpec;
}

/**
 * Reads the output of `--output` or `--json` of a benchmark.
 *
 * @throws {Error} Naming the line or row and what is wrong with it.
 */
export function readRecorded(text: string): Recorded {
  if (isTrend(text)) {
    const rows = trendFromCsv(text);
    return { rows: rows.length, text: () => '', plot: (text) => trendPlotSpec(rows, text) };
  }
  const samples = samplesIn(text);
  if (!samples) {
    const rows = fromCsv(text);
    return { rows: rows.length, text: () => '', plot: (text) => plotSpec(rows, text) };
  }
  const comparisons = compare(samples);
  const words = formatComparisons(comparisons, recommendThreshold(comparisons));
  return {
    rows: samples.length,
    text: (width) => wrap(words, width),
    plot: (text) => crossoverPlotSpec(samples, text),
  };
}
