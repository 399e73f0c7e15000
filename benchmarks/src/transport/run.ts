import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '@arena/shm-core/internal';
import { betterLimit, type CopyLimit, measureCopyLimit } from '../kit/copy-limit.js';
import { thisHost } from '../kit/host.js';
import { StartedProcess } from '../kit/processes/started-process.js';
import type { Progress } from '../kit/progress.js';
import type { CellProcess, CellRequest } from './cell-process.js';
import { type Clip, encodeClip } from './clip.js';
import {
  bytesOfMiB,
  type Cell,
  cellsOf,
  nameOf,
  type Pacing,
  stepOf,
  type TransportConfig,
  unitsInFlight,
} from './config.js';
import { type CellResult, type MeasuredCell, rowsOf, type TransportOutcome } from './result.js';
import { type OnPass, runCell } from './run-cell.js';

/** The clip of one size, encoded in this process when the first cell asks for it. */
class ClipOfSize implements AsyncDisposable {
  #encoding: Promise<(Clip & AsyncDisposable) | Error> | undefined;

  /** @returns Undefined for a cell that needs no clip; an error when it cannot be encoded. */
  async for({ kind, sizeMiB }: Cell): Promise<Clip | Error | undefined> {
    if (kind !== 'packets') return undefined;
    this.#encoding ??= encodeClip(sizeMiB).catch((error: unknown) => new Error(messageOf(error)));
    return await this.#encoding;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const clip = await this.#encoding;
    if (clip && !(clip instanceof Error)) await clip[Symbol.asyncDispose]();
  }
}

/** Measures a cell with a fresh process as the consumer, which is gone when this resolves. */
async function runIsolated(request: CellRequest, onPass: OnPass): Promise<CellResult> {
  const consumer = new StartedProcess<CellProcess>(new URL('cell-process.js', import.meta.url), {
    name: 'the consumer process',
  });
  try {
    return await consumer.call('run', request, (pass) => onPass(...pass));
  } finally {
    await consumer.stop();
  }
}

async function tryCell(
  cell: Cell,
  { isolate, pacing }: TransportConfig,
  progress: Progress,
  clip: Clip | Error | undefined,
): Promise<CellResult | undefined> {
  const onPass: OnPass = (done, passes) => {
    if (passes !== undefined) progress.advance(done / (passes + 1));
  };
  try {
    if (clip instanceof Error) throw clip;
    return isolate
      ? await runIsolated({ cell, pacing, clip }, onPass)
      : await runCell(cell, pacing, onPass, clip);
  } catch (error) {
    progress.skip(nameOf(cell), messageOf(error));
    return undefined;
  }
}

/** The limit at a size, with as many payloads under way as the arenas have. */
const limitAt = (sizeMiB: number, { numItems, bufferSize, runs }: Pacing): Promise<CopyLimit> =>
  measureCopyLimit({
    bytes: bytesOfMiB(sizeMiB),
    items: numItems,
    segments: unitsInFlight(bufferSize),
    runs,
  });

/**
 * Runs the cells of one size between two measurements of the copy limit. The faster one counts, because other
 * programs may slow a measurement down.
 */
async function runSize(
  sizeMiB: number,
  cells: readonly Cell[],
  config: TransportConfig,
  progress: Progress,
): Promise<{ limit: CopyLimit; measured: MeasuredCell[] }> {
  const { pacing, gapSec } = config;
  const before = await limitAt(sizeMiB, pacing);
  const results: { cell: Cell; result: CellResult }[] = [];
  await using clips = new ClipOfSize();
  for (const [index, cell] of cells.entries()) {
    if (index > 0 && gapSec > 0) await sleep(gapSec * 1000);
    const clip = await clips.for(cell);
    const step = stepOf(cell, pacing);
    progress.begin(step);
    const result = await tryCell(cell, config, progress, clip);
    if (result) results.push({ cell, result });
    progress.end(step);
  }
  const limit = betterLimit(before, await limitAt(sizeMiB, pacing));
  return { limit, measured: results.map((done) => ({ ...done, limit })) };
}

/**
 * Runs every cell of the matrix, one at a time, and measures the copy limit at each size.
 *
 * @throws {Error} The limit cannot be measured. A cell that fails is skipped.
 */
export async function run(config: TransportConfig, progress: Progress): Promise<TransportOutcome> {
  const { matrix, pacing, isolate } = config;
  const cells = cellsOf(matrix);
  const limit: Record<string, CopyLimit> = {};
  const measured: MeasuredCell[] = [];
  progress.start(cells.map((cell) => stepOf(cell, pacing)));
  try {
    for (const sizeMiB of new Set(matrix.sizes)) {
      const ofSize = cells.filter((cell) => cell.sizeMiB === sizeMiB);
      const done = await runSize(sizeMiB, ofSize, config, progress);
      limit[String(sizeMiB)] = done.limit;
      measured.push(...done.measured);
    }
  } finally {
    progress.stop();
  }
  return {
    host: thisHost(),
    limit,
    rows: rowsOf(measured),
    isolated: isolate,
    failed: cells.length - measured.length,
    problems: [],
  };
}
