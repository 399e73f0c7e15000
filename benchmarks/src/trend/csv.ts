/** The history of the performance checks: `npx nx run-many -t perf --record` appends to it. */
import { type CsvLine, readCsv } from '../kit/csv.js';

/** What one quantity of a measurement came to at one commit. */
export interface TrendRow {
  readonly at: string;
  readonly commit: string;
  readonly package: string;
  readonly measurement: string;
  readonly quantity: string;
  readonly median: number;
  /** Bounds of the 95 % interval of the median. */
  readonly low: number;
  readonly high: number;
}

const columns = [
  'at',
  'commit',
  'package',
  'measurement',
  'quantity',
  'median',
  'low',
  'high',
] as const satisfies readonly (keyof TrendRow)[];

/** Whether the text begins with the columns of a history. */
export function isTrend(text: string): boolean {
  const [header = ''] = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  return columns.every((column) => header.split(',').includes(column));
}

function numberIn({ fields, number }: CsvLine, column: 'median' | 'low' | 'high'): number {
  const text = fields[column] ?? '';
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw new Error(`line ${number}: ${column} is "${text}", not a number`);
}

function rowOf(line: CsvLine): TrendRow {
  const { at = '', commit = '', measurement = '', quantity = '' } = line.fields;
  return {
    at,
    commit,
    package: line.fields.package ?? '',
    measurement,
    quantity,
    median: numberIn(line, 'median'),
    low: numberIn(line, 'low'),
    high: numberIn(line, 'high'),
  };
}

/**
 * Reads a history.
 *
 * @throws {Error} Names the line and what is wrong with it, or says that there are no rows.
 */
export function trendFromCsv(text: string): TrendRow[] {
  const rows = readCsv(text, () => {}).map(rowOf);
  if (rows.length === 0)
    throw new Error('it has no rows. Record some with nx run-many -t perf --record');
  return rows;
}
