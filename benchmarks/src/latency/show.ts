import type { Show } from '../kit/experiment.js';
import { describeHost } from '../kit/host.js';
import { wrap } from '../kit/wrap.js';
import { toCsv } from './csv.js';
import { latencyPlotSpec } from './plot.js';
import type { LatencyOutcome } from './result.js';
import { formatTrips } from './tables.js';

export const show: Show<LatencyOutcome> = {
  text({ rows, host }, width) {
    if (rows.length === 0) return '';
    return `${formatTrips(rows, width)}\n${wrap(`On ${describeHost(host)}.`, width)}`;
  },
  csv: ({ rows }) => toCsv(rows),
  plot: ({ rows, host }) =>
    rows.length === 0 ? undefined : latencyPlotSpec(rows, { subtitle: describeHost(host) }),
};
