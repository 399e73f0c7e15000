import type { Csv } from '../kit/csv.js';
import type { TimelineRow } from './timeline.js';

const columns = {
  seconds: 'seconds',
  role: 'role',
  index: 'index',
  pid: 'pid',
  recordsPerSecond: 'records_per_s',
  mbPerSecond: 'mb_per_s',
  lag: 'lag',
  waits: 'waits',
  full: 'full',
  lost: 'lost',
  cpu: 'cpu',
} as const satisfies Record<keyof TimelineRow, string>;

const keys = Object.keys(columns) as (keyof TimelineRow)[];

/** One line for each process and interval. */
export const toCsv = (rows: readonly TimelineRow[]): Csv => ({
  header: Object.values(columns),
  records: rows.map((row) => keys.map((key) => row[key])),
});
