import { AskedProcess } from './asked-process.js';
import { zeroMqMissing } from './links/zeromq-link.js';
import type { Cell, CellResult } from './measure.js';
import { environmentOf } from './peer-environment.js';
import type { LineObserver } from './progress-line.js';
import type { Sample } from './rows.js';
import { labelOf, type Metric, seriesOf, type Transport } from './series.js';
import { formatBytes } from './sizes.js';

export interface CrossoverBenchmark {
  readonly sizes: readonly number[];
  readonly metrics: readonly Metric[];
  readonly transports: readonly Transport[];
  readonly runs: number;
  /** How long the timed part of a measurement should take, about. */
  readonly durationSec: number;
  /** Fresh processes for every measurement, instead of for every run of a transport. */
  readonly isolate: boolean;
  /**
   * Where the two processes of a round trip run; absent where the system decides. It would put them on one
   * core for some measurements and on two for others, and a wake-up costs several times as much there.
   */
  readonly tripCpus?: readonly [number, number] | undefined;
}

type MeasureProcess = AskedProcess<Cell, CellResult>;

const startMeasuring = (transport: Transport): MeasureProcess =>
  new AskedProcess(
    new URL('measure-process.js', import.meta.url),
    'json',
    environmentOf(transport),
  );

export const nameOf = ({ metric, transport, copy, sizeBytes }: Cell): string =>
  `${metric} ${formatBytes(sizeBytes)} ${labelOf(transport, copy)}`;

/**
 * One run's cells: a size's are next to each other, so that what is compared was measured in the same
 * minute, whatever else the machine did.
 */
export const cellsOf = (benchmark: Omit<CrossoverBenchmark, 'runs'>): Cell[] =>
  [...new Set(benchmark.sizes)].flatMap((sizeBytes) =>
    [...new Set(benchmark.metrics)].flatMap((metric) =>
      [...new Set(benchmark.transports)].flatMap((transport) =>
        seriesOf(transport).map((series) => ({
          ...series,
          metric,
          sizeBytes,
          durationSec: benchmark.durationSec,
          cpus: metric === 'latency' ? benchmark.tripCpus : undefined,
        })),
      ),
    ),
  );

/** Where the cells of one run are measured: processes that are asked for as they are needed. */
class Crew {
  readonly #processes = new Map<Transport, MeasureProcess>();

  constructor(private readonly isolate: boolean) {}

  async measure(cell: Cell): Promise<CellResult> {
    const process = this.#processes.get(cell.transport) ?? startMeasuring(cell.transport);
    this.#processes.set(cell.transport, process);
    try {
      const result = await process.ask(cell);
      if (this.isolate) await this.#stop(cell.transport);
      return result;
    } catch (error) {
      // Whatever state it is in: the next cell gets another one.
      await this.#stop(cell.transport);
      throw error;
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#processes.keys()].map((transport) => this.#stop(transport)));
  }

  async #stop(transport: Transport): Promise<void> {
    const process = this.#processes.get(transport);
    this.#processes.delete(transport);
    await process?.stop();
  }
}

async function available(
  transports: readonly Transport[],
  observer: LineObserver<Cell>,
): Promise<Transport[]> {
  const missing = transports.includes('zeromq') ? await zeroMqMissing() : undefined;
  if (missing === undefined) return [...transports];
  observer.skip('zeromq', missing, false);
  return transports.filter((transport) => transport !== 'zeromq');
}

/**
 * Measures every cell `runs` times, each run in fresh processes, one cell at a time. A cell that fails is
 * skipped, and said to be.
 */
export async function runCrossoverBenchmark(
  benchmark: CrossoverBenchmark,
  observer: LineObserver<Cell>,
): Promise<Sample[]> {
  const transports = await available(benchmark.transports, observer);
  const cells = cellsOf({ ...benchmark, transports });
  const samples: Sample[] = [];
  try {
    for (let run = 0; run < benchmark.runs; run++) {
      const crew = new Crew(benchmark.isolate);
      try {
        for (const [index, cell] of cells.entries()) {
          observer.begin(cell, run * cells.length + index, benchmark.runs * cells.length);
          const { metric, transport, copy, sizeBytes } = cell;
          try {
            samples.push({ metric, transport, copy, sizeBytes, ...(await crew.measure(cell)) });
          } catch (error) {
            const reason = error instanceof Error ? error.message : String(error);
            observer.skip(nameOf(cell), reason, true);
          }
        }
      } finally {
        await crew.stop();
      }
    }
  } finally {
    observer.stop();
  }
  return samples;
}
