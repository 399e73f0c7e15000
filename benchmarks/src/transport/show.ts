import type { Show } from '../kit/experiment.js';
import { describeHost } from '../kit/host.js';
import { wrap } from '../kit/wrap.js';
import { toCsv } from './csv.js';
import { plotSpec } from './plot.js';
import type { TransportOutcome } from './result.js';
import { formatTable } from './table.js';

export const show: Show<TransportOutcome> = {
  text({ rows, isolated, host }, width) {
    if (rows.length === 0) return '';
    return `${formatTable(rows, { isolated, width })}\n${wrap(`On ${describeHost(host)}.`, width)}`;
  },
  csv: ({ rows }) => toCsv(rows),
  plot: ({ rows, host }) =>
    rows.length === 0 ? undefined : plotSpec(rows, { subtitle: describeHost(host) }),
};
