import { setTimeout as sleep } from 'node:timers/promises';
import type { Cell, Pacing } from './cell.js';
import { runCellIsolated } from './isolate.js';
import { type CopyLimit, measureCopyLimit } from './limit.js';
import { cellsOf, type Matrix } from './matrix.js';
import type { Progress } from './progress.js';
import { type MeasuredCell, type Row, rowsOf } from './row.js';
import { runCell } from './run-cell.js';

export interface TransportBenchmark {
  readonly matrix: Matrix;
  readonly pacing: Pacing;
  /** Each cell in a fresh process, one at a time. */
  readonly isolate: boolean;
  /** Idle time between cells. */
  readonly gapSec: number;
}

/** What a caller may want to say while the benchmark runs. */
export interface Observer extends Progress {
  skip(cell: Cell, reason: string): void;
}

export interface TransportResult {
  /** By size in MiB. */
  readonly limit: Readonly<Record<string, CopyLimit>>;
  readonly rows: readonly Row[];
  /** How many cells could not run. */
  readonly skipped: number;
}

async function tryCell(cell: Cell, { isolate, pacing }: TransportBenchmark, observer: Observer) {
  try {
    const run = isolate ? runCellIsolated : runCell;
    return await run(cell, pacing, (done, passes) => observer.pass(done, passes));
  } catch (error) {
    observer.skip(cell, error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

/**
 * Runs every cell of the matrix, one at a time, and measures the copy limit of each size just before.
 *
 * @throws {Error} The limit cannot be measured. A cell that fails is skipped, and said to be.
 */
export async function runTransportBenchmark(
  benchmark: TransportBenchmark,
  observer: Observer,
): Promise<TransportResult> {
  const cells = cellsOf(benchmark.matrix);
  const limits = new Map<number, CopyLimit>();
  const measured: MeasuredCell[] = [];
  observer.start(cells);
  try {
    for (const [index, cell] of cells.entries()) {
      const limit =
        limits.get(cell.sizeMiB) ?? (await measureCopyLimit(cell.sizeMiB, benchmark.pacing));
      limits.set(cell.sizeMiB, limit);
      if (index > 0 && benchmark.gapSec > 0) await sleep(benchmark.gapSec * 1000);
      observer.begin(cell);
      const result = await tryCell(cell, benchmark, observer);
      if (result) measured.push({ cell, result, limit });
      observer.end(cell);
    }
  } finally {
    observer.stop();
  }
  const limit = Object.fromEntries([...limits].map(([sizeMiB, value]) => [String(sizeMiB), value]));
  return { limit, rows: rowsOf(measured), skipped: cells.length - measured.length };
}
