/** The result of the transport benchmark. */
import type { CopyLimit } from '../kit/copy-limit.js';
import type { Outcome } from '../kit/experiment.js';
import type { Host } from '../kit/host.js';
import { estimate, marginalSeconds, mean } from '../kit/statistics.js';
import type { Cell, Transport } from './config.js';

/** The durations of a cell's passes. */
export interface CellResult {
  readonly payloadBytes: number;
  readonly long: { readonly items: number; readonly seconds: readonly number[] };
  readonly short: { readonly items: number; readonly seconds: readonly number[] };
  /** CPU over the timed passes, which are the long ones. */
  readonly producerCpuSeconds: number;
  readonly consumerCpuSeconds: number;
  /** Most memory of both processes together, shared pages counted once. */
  readonly peakMemoryBytes: number;
}

/** One line of the result; MB are 10^6 bytes, MiB 2^20. */
export interface Row {
  readonly sizeMiB: number;
  readonly kind: string;
  readonly transport: Transport;
  readonly itemsPerSecond: number;
  readonly mbPerSecond: number;
  /** Bounds of the 95 % confidence interval of `mbPerSecond`. */
  readonly mbPerSecondLow: number;
  readonly mbPerSecondHigh: number;
  /** Against no-arena at the same size and kind; 1 where that was not run. */
  readonly speedup: number;
  /** Producer and consumer over the timed passes. */
  readonly cpuSeconds: number;
  readonly producerCpuSeconds: number;
  readonly consumerCpuSeconds: number;
  readonly peakMemoryMB: number;
  /** `mbPerSecond` as a share of what native copies reach here. See `limitFor`. */
  readonly limitShare: number;
  /** The cost of one more item in a pass; `null` when the passes are too short or too noisy. */
  readonly marginalUsPerItem: number | null;
  readonly marginalMbPerSecond: number | null;
}

/** A cell that ran, and its baseline and limit. */
export interface MeasuredCell {
  readonly cell: Cell;
  readonly result: CellResult;
  readonly limit: CopyLimit;
}

/** The limit with which a transport is compared: the reader of a pool makes no copy, the other readers do. */
export const limitFor = (transport: Transport, limit: CopyLimit): number =>
  transport === 'pool' ? limit.copyInMbPerSecond : limit.copyInOutMbPerSecond;

const rates = ({ long }: CellResult) => long.seconds.map((seconds) => long.items / seconds);

const isBaselineOf = (cell: Cell, other: Cell) =>
  other.transport === 'no-arena' && other.kind === cell.kind && other.sizeMiB === cell.sizeMiB;

function marginal(result: CellResult) {
  const seconds = marginalSeconds(result.long, result.short);
  if (seconds === undefined) return { marginalUsPerItem: null, marginalMbPerSecond: null };
  return {
    marginalUsPerItem: seconds * 1e6,
    marginalMbPerSecond: result.payloadBytes / 1e6 / seconds,
  };
}

function rowOf({ cell, result, limit }: MeasuredCell, all: readonly MeasuredCell[]): Row {
  const items = estimate(rates(result));
  const mbPerItem = result.payloadBytes / 1e6;
  const baseline = all.find((other) => isBaselineOf(cell, other.cell));
  return {
    sizeMiB: cell.sizeMiB,
    kind: cell.kind,
    transport: cell.transport,
    itemsPerSecond: items.mean,
    mbPerSecond: items.mean * mbPerItem,
    mbPerSecondLow: items.low * mbPerItem,
    mbPerSecondHigh: items.high * mbPerItem,
    speedup: baseline ? items.mean / mean(rates(baseline.result)) : 1,
    cpuSeconds: result.producerCpuSeconds + result.consumerCpuSeconds,
    producerCpuSeconds: result.producerCpuSeconds,
    consumerCpuSeconds: result.consumerCpuSeconds,
    peakMemoryMB: result.peakMemoryBytes / 1e6,
    limitShare: (items.mean * mbPerItem) / limitFor(cell.transport, limit),
    ...marginal(result),
  };
}

/** One row for each cell, in the same order. A baseline may have run after the cells that are compared with it. */
export const rowsOf = (cells: readonly MeasuredCell[]): Row[] =>
  cells.map((cell) => rowOf(cell, cells));

export interface TransportOutcome extends Outcome {
  /** By size in MiB. */
  readonly limit: Readonly<Record<string, CopyLimit>>;
  readonly rows: readonly Row[];
  /** Whether each row had a consumer process of its own. */
  readonly isolated: boolean;
}

/** The output of `--json`. */
export interface TransportResult {
  readonly host: Host;
  readonly limit: TransportOutcome['limit'];
  readonly rows: readonly Row[];
}

export const resultOf = ({ host, limit, rows }: TransportOutcome): TransportResult => ({
  host,
  limit,
  rows,
});
