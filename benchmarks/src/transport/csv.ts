import { type Csv, type CsvLine, readCsv } from '../kit/csv.js';
import { type Transport, transports } from './config.js';
import type { Row } from './result.js';

/** The part of a row that a CSV file holds. Every plot script of this benchmark reads these columns. */
export type CsvRow = Pick<
  Row,
  | 'sizeMiB'
  | 'kind'
  | 'transport'
  | 'itemsPerSecond'
  | 'mbPerSecond'
  | 'mbPerSecondLow'
  | 'mbPerSecondHigh'
  | 'speedup'
  | 'peakMemoryMB'
  | 'cpuSeconds'
>;

const columns = {
  sizeMiB: 'size_mb',
  kind: 'kind',
  transport: 'transport',
  itemsPerSecond: 'items_per_s',
  mbPerSecond: 'mb_per_s',
  mbPerSecondLow: 'mb_per_s_lo',
  mbPerSecondHigh: 'mb_per_s_hi',
  speedup: 'speedup',
  peakMemoryMB: 'peak_rss_mb',
  cpuSeconds: 'cpu_sec',
} as const satisfies Record<keyof CsvRow, string>;

type Column = (typeof columns)[keyof CsvRow];

/** Older files lack these columns. */
const optionalColumns: readonly string[] = [columns.peakMemoryMB, columns.cpuSeconds];

const keys = Object.keys(columns) as (keyof CsvRow)[];

export const toCsv = (rows: readonly CsvRow[]): Csv => ({
  header: Object.values(columns),
  records: rows.map((row) => keys.map((key) => row[key])),
});

function numberIn({ fields, number }: CsvLine, column: Column): number {
  const text = fields[column] ?? '';
  if (text === '' && optionalColumns.includes(column)) return 0;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw new Error(`line ${number}: ${column} is "${text}", not a number`);
}

function positiveIn(line: CsvLine, column: Column): number {
  const value = numberIn(line, column);
  if (value > 0) return value;
  throw new Error(`line ${line.number}: ${column} is ${value}, which must be positive`);
}

function transportIn({ fields, number }: CsvLine): Transport {
  const text = fields.transport ?? '';
  const transport = transports.find((name) => name === text);
  if (transport) return transport;
  throw new Error(
    `line ${number}: transport is "${text}", which must be one of ${transports.join(', ')}`,
  );
}

function kindIn({ fields, number }: CsvLine): string {
  if (fields.kind) return fields.kind;
  throw new Error(`line ${number}: kind is empty`);
}

const rowIn = (line: CsvLine): CsvRow => ({
  sizeMiB: positiveIn(line, 'size_mb'),
  kind: kindIn(line),
  transport: transportIn(line),
  itemsPerSecond: positiveIn(line, 'items_per_s'),
  mbPerSecond: positiveIn(line, 'mb_per_s'),
  mbPerSecondLow: numberIn(line, 'mb_per_s_lo'),
  mbPerSecondHigh: numberIn(line, 'mb_per_s_hi'),
  speedup: numberIn(line, 'speedup'),
  peakMemoryMB: numberIn(line, 'peak_rss_mb'),
  cpuSeconds: numberIn(line, 'cpu_sec'),
});

function checkHeader(header: readonly string[]): void {
  const missing = Object.values(columns).filter(
    (name) => !header.includes(name) && !optionalColumns.includes(name),
  );
  if (missing.length > 0) throw new Error(`line 1: no column ${missing.join(', ')}`);
}

/**
 * Rows from the text of a result file. Kinds that this version does not know are kept.
 *
 * @throws {Error} Naming the line and the column that are wrong.
 */
export function fromCsv(text: string): CsvRow[] {
  const lines = readCsv(text, checkHeader);
  if (lines.length === 0) throw new Error('there is no row in it');
  return lines.map(rowIn);
}
