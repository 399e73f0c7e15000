import type { Csv } from '../kit/csv.js';
import type { TripRow } from './result.js';

const columns: readonly [string, (row: TripRow) => string | number][] = [
  ['transport', (row) => row.transport],
  ['calls', (row) => row.calls],
  ['spin_us', (row) => row.spinMicroseconds],
  ['placement', (row) => row.placement],
  ['cpus', (row) => (row.cpus ?? []).join(' ')],
  ['size_bytes', (row) => row.sizeBytes],
  ['round_trips', (row) => row.roundTrips],
  ['p50_us', (row) => row.p50Us],
  ['p90_us', (row) => row.p90Us],
  ['p99_us', (row) => row.p99Us],
  ['p999_us', (row) => row.p999Us],
  ['max_us', (row) => row.maxUs],
  ['cpu_us_per_round_trip', (row) => row.cpuUsPerRoundTrip],
];

export const toCsv = (rows: readonly TripRow[]): Csv => ({
  header: columns.map(([name]) => name),
  records: rows.map((row) => columns.map(([, cell]) => cell(row))),
});
