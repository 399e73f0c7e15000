import type { Show } from '../kit/experiment.js';
import { describeHost } from '../kit/host.js';
import { wrap } from '../kit/wrap.js';
import { crossoverPlotSpec } from './plot.js';
import { type CrossoverOutcome, compare, recommendThreshold, rowsOf } from './result.js';
import { toCsv } from './sample-files.js';
import { formatComparisons, formatRows, largeSizeNote } from './tables.js';

/** From this size on the note about fresh pages is printed. */
const largeBytes = 2 ** 25;

export const show: Show<CrossoverOutcome> = {
  text({ samples, tripCpus, host }, width) {
    if (samples.length === 0) return '';
    const comparisons = compare(samples);
    const large = samples.some(({ sizeBytes }) => sizeBytes >= largeBytes);
    const notes = [
      formatComparisons(comparisons, recommendThreshold(comparisons)),
      ...(large ? [largeSizeNote] : []),
      `On ${describeHost(host)}.`,
    ];
    const tables = formatRows(rowsOf(samples), samples, { tripCpus, width });
    return [tables, ...notes.map((note) => wrap(note, width))].join('\n\n');
  },
  csv: ({ samples }) => toCsv(samples),
  plot: ({ samples, host }) =>
    samples.length === 0 ? undefined : crossoverPlotSpec(samples, { subtitle: describeHost(host) }),
};
