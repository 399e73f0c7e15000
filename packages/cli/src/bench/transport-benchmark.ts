import { setTimeout as sleep } from 'node:timers/promises';
import type { Cell, CellResult, Pacing } from './cell.js';
import { type Clip, encodeClip } from './clip.js';
import { runCellIsolated } from './isolate.js';
import { betterLimit, type CopyLimit, measureCopyLimit } from './limit.js';
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

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** The clip of one size, encoded in this process when the first cell asks for it. */
class ClipOfSize implements AsyncDisposable {
  #encoding: Promise<(Clip & AsyncDisposable) | Error> | undefined;

  /** @returns Undefined for a cell that needs none; an error where it cannot be encoded. */
  async for({ kind, sizeMiB }: Cell): Promise<Clip | Error | undefined> {
    if (kind !== 'packets') return undefined;
    this.#encoding ??= encodeClip(sizeMiB).catch((error: unknown) => new Error(reasonOf(error)));
    return await this.#encoding;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const clip = await this.#encoding;
    if (clip && !(clip instanceof Error)) await clip[Symbol.asyncDispose]();
  }
}

async function tryCell(
  cell: Cell,
  { isolate, pacing }: TransportBenchmark,
  observer: Observer,
  clip: Clip | Error | undefined,
) {
  try {
    if (clip instanceof Error) throw clip;
    const run = isolate ? runCellIsolated : runCell;
    return await run(cell, pacing, (done, passes) => observer.pass(done, passes), clip);
  } catch (error) {
    observer.skip(cell, reasonOf(error));
    return undefined;
  }
}

/**
 * Runs the cells of one size between two measurements of the copy limit, of which the better counts:
 * what else the machine does may slow one of them down.
 */
async function runSize(
  cells: readonly Cell[],
  benchmark: TransportBenchmark,
  observer: Observer,
): Promise<{ limit: CopyLimit; measured: MeasuredCell[] }> {
  const sizeMiB = cells[0]?.sizeMiB ?? 0;
  const before = await measureCopyLimit(sizeMiB, benchmark.pacing);
  const results: { cell: Cell; result: CellResult }[] = [];
  await using clips = new ClipOfSize();
  for (const [index, cell] of cells.entries()) {
    if (index > 0 && benchmark.gapSec > 0) await sleep(benchmark.gapSec * 1000);
    const clip = await clips.for(cell);
    observer.begin(cell);
    const result = await tryCell(cell, benchmark, observer, clip);
    if (result) results.push({ cell, result });
    observer.end(cell);
  }
  const limit = betterLimit(before, await measureCopyLimit(sizeMiB, benchmark.pacing));
  return { limit, measured: results.map((done) => ({ ...done, limit })) };
}

/**
 * Runs every cell of the matrix, one at a time, and measures the copy limit at each size.
 *
 * @throws {Error} The limit cannot be measured. A cell that fails is skipped, and said to be.
 */
export async function runTransportBenchmark(
  benchmark: TransportBenchmark,
  observer: Observer,
): Promise<TransportResult> {
  const cells = cellsOf(benchmark.matrix);
  const limit: Record<string, CopyLimit> = {};
  const measured: MeasuredCell[] = [];
  observer.start(cells);
  try {
    for (const sizeMiB of new Set(benchmark.matrix.sizes)) {
      const ofSize = cells.filter((cell) => cell.sizeMiB === sizeMiB);
      const done = await runSize(ofSize, benchmark, observer);
      limit[String(sizeMiB)] = done.limit;
      measured.push(...done.measured);
    }
  } finally {
    observer.stop();
  }
  return { limit, rows: rowsOf(measured), skipped: cells.length - measured.length };
}
