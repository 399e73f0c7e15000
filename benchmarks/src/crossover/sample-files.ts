/** Reads and writes samples: CSV of `--output`, JSON of `--json`, and JSON of other programs. */
import { type Csv, readCsv } from '../kit/csv.js';
import { type Metric, metrics } from './config.js';
import type { Sample } from './result.js';

const columns = [
  'metric',
  'transport',
  'copy',
  'size_bytes',
  'run',
  'msgs_per_s',
  'mb_per_s',
  'p50_us',
  'p99_us',
  'p999_us',
  'cpu_us_per_msg',
];

/** One line for every run of every series. Round trips have latencies instead of speeds. */
export function toCsv(samples: readonly Sample[]): Csv {
  const runs = new Map<string, number>();
  const records = samples.map((sample) => {
    const { metric, transport, copy, sizeBytes, perSecond } = sample;
    const key = `${metric} ${transport} ${copy} ${sizeBytes}`;
    const run = (runs.get(key) ?? 0) + 1;
    runs.set(key, run);
    const speed =
      metric === 'latency' ? [undefined, undefined] : [perSecond, (perSecond * sizeBytes) / 1e6];
    const { p50Us, p99Us, p999Us, cpuUsPerMessage } = sample;
    const figures = [...speed, p50Us, p99Us, p999Us, cpuUsPerMessage];
    return [metric, transport, String(copy), sizeBytes, run, ...figures];
  });
  return { header: columns, records };
}

type Fields = Readonly<Record<string, unknown>>;

const fail = (where: string, what: string): never => {
  throw new Error(`${where}: ${what}`);
};

function numberIn(fields: Fields, name: string, where: string): number | undefined {
  const value = fields[name];
  if (value === undefined || value === null || value === '') return undefined;
  const number = Number(value);
  return number > 0 && Number.isFinite(number)
    ? number
    : fail(where, `${name} is "${value}", not a positive number`);
}

const neededIn = (fields: Fields, name: string, where: string): number =>
  numberIn(fields, name, where) ?? fail(where, `there is no ${name}`);

function copyIn(fields: Fields, where: string): boolean {
  const value = String(fields.copy);
  if (value === 'true' || value === 'false') return value === 'true';
  return fail(where, `copy is "${value}", neither true nor false`);
}

function metricIn(fields: Fields, where: string): Metric {
  const metric = metrics.find((name) => name === fields.metric);
  return (
    metric ??
    fail(where, `metric is "${fields.metric}", which must be one of ${metrics.join(', ')}`)
  );
}

/** The names of a file's fields. */
interface Names {
  readonly size: string;
  readonly speed: string;
  readonly p50: string;
  readonly p99: string;
  readonly cpu: string;
}

const csvNames: Names = {
  size: 'size_bytes',
  speed: 'msgs_per_s',
  p50: 'p50_us',
  p99: 'p99_us',
  cpu: 'cpu_us_per_msg',
};

const jsonNames: Names = {
  size: 'sizeBytes',
  speed: 'messagesPerSecond',
  p50: 'p50Us',
  p99: 'p99Us',
  cpu: 'cpuUsPerMessage',
};

function sampleIn(fields: Fields, names: Names, where: string): Sample {
  const p50Us = numberIn(fields, names.p50, where);
  return {
    metric: metricIn(fields, where),
    transport: String(fields.transport ?? fail(where, 'there is no transport')),
    copy: copyIn(fields, where),
    sizeBytes: neededIn(fields, names.size, where),
    perSecond: p50Us === undefined ? neededIn(fields, names.speed, where) : 1e6 / p50Us,
    p50Us,
    p99Us: numberIn(fields, names.p99, where),
    p999Us: numberIn(fields, 'p999_us', where),
    cpuUsPerMessage: numberIn(fields, names.cpu, where),
  };
}

/** @throws {Error} Naming the line and what is wrong with it. */
function samplesFromCsv(text: string): Sample[] {
  const lines = readCsv(text, () => {});
  return lines.map(({ fields, number }) => sampleIn(fields, csvNames, `line ${number}`));
}

/** The samples of one point of another program: one run at one size, with a field for each metric. */
function samplesOfPoint(fields: Fields, where: string): Sample[] {
  const common = {
    transport: String(fields.transport ?? 'unnamed'),
    copy: copyIn(fields, where),
    sizeBytes: neededIn(fields, 'size', where),
  };
  const found = (['throughput', 'sends'] as const).flatMap((metric) => {
    const perSecond = numberIn(fields, metric, where);
    return perSecond === undefined ? [] : [{ ...common, metric, perSecond }];
  });
  return found.length > 0 ? found : fail(where, 'there is neither throughput nor sends');
}

/**
 * Samples from what `--json` printed, or from a list of points `{size, copy, throughput, sends}`.
 *
 * @throws {Error} Naming the row and what is wrong with it.
 */
export function samplesFromJson(text: string): Sample[] {
  const value: unknown = JSON.parse(text);
  const rows: unknown = Array.isArray(value) ? value : (value as { rows?: unknown } | null)?.rows;
  if (!Array.isArray(rows) || rows.length === 0) throw new Error('there are no rows in it');
  return rows.flatMap((fields: Fields, index) => {
    const where = `row ${index + 1}`;
    return 'metric' in fields ? sampleIn(fields, jsonNames, where) : samplesOfPoint(fields, where);
  });
}

/**
 * The samples in a file, CSV or JSON; `undefined` for the CSV of another benchmark.
 *
 * @throws {Error} Naming the row or line and what is wrong with it.
 */
export function samplesIn(text: string): Sample[] | undefined {
  if (/^\s*[[{]/.test(text)) return samplesFromJson(text);
  return text.startsWith(columns.slice(0, 3).join(',')) ? samplesFromCsv(text) : undefined;
}
