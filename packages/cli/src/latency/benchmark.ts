import { AskedProcess } from '../crossover/asked-process.js';
import { zeroMqMissing } from '../crossover/links/zeromq-link.js';
import { environmentOf } from '../crossover/peer-environment.js';
import { allowedCpus, pinningMissing, twoCores } from '../crossover/placement.js';
import type { LineObserver } from '../crossover/progress-line.js';
import { isArena } from '../crossover/series.js';
import {
  type Calls,
  type LatencyTransport,
  nameOf,
  type Placement,
  type TripCell,
  type TripResult,
  type TripRow,
} from './cell.js';
import { Keepers } from './keepers.js';

export interface LatencyBenchmark {
  readonly transports: readonly LatencyTransport[];
  readonly calls: readonly Calls[];
  /** How long the calls of arenas look before they park; each is measured. */
  readonly spinMicroseconds: readonly number[];
  readonly placements: readonly Placement[];
  readonly sizeBytes: number;
  readonly durationSec: number;
}

/** Peers have one way of calling, and nothing to spin with. */
const waysOf = (transport: LatencyTransport, { calls, spinMicroseconds }: LatencyBenchmark) =>
  isArena(transport)
    ? calls.flatMap((call) =>
        spinMicroseconds.map((spin) => ({ calls: call, spinMicroseconds: spin })),
      )
    : [{ calls: 'async' as const, spinMicroseconds: 0 }];

/** The cells of one placement, or why there are none. */
function cellsAt(
  placement: Placement,
  transports: readonly LatencyTransport[],
  benchmark: LatencyBenchmark,
): TripCell[] | string {
  const missing = pinningMissing();
  if (missing !== undefined) return missing;
  const [first] = allowedCpus();
  const pair = placement === 'same-core' && first !== undefined ? [first, first] : twoCores();
  const [own, other] = pair ?? [];
  if (own === undefined || other === undefined) return 'this process may run on one core only.';
  const { sizeBytes, durationSec } = benchmark;
  const cpus = [own, other] as const;
  return transports.flatMap((transport) =>
    waysOf(transport, benchmark).map((way) => ({
      transport,
      ...way,
      placement,
      sizeBytes,
      durationSec,
      cpus,
    })),
  );
}

const nameOfFailure = (error: unknown) => (error instanceof Error ? error.message : String(error));

async function measure(cell: TripCell): Promise<TripRow> {
  const trips = new AskedProcess<TripCell, TripResult>(
    new URL('trip-process.js', import.meta.url),
    'json',
    environmentOf(cell.transport),
  );
  try {
    const { durationSec, ...rest } = cell;
    return { ...rest, ...(await trips.ask(cell)) };
  } finally {
    await trips.stop();
  }
}

async function available(
  transports: readonly LatencyTransport[],
  observer: LineObserver<TripCell>,
): Promise<LatencyTransport[]> {
  const unique = [...new Set(transports)];
  const missing = unique.includes('zeromq') ? await zeroMqMissing() : undefined;
  if (missing === undefined) return unique;
  observer.skip('zeromq', missing, false);
  return unique.filter((transport) => transport !== 'zeromq');
}

/** Measures every cell in processes of its own, placement by placement. What fails is skipped, and said to be. */
export async function runLatencyBenchmark(
  benchmark: LatencyBenchmark,
  observer: LineObserver<TripCell>,
): Promise<TripRow[]> {
  const transports = await available(benchmark.transports, observer);
  const rows: TripRow[] = [];
  const plan = [...new Set(benchmark.placements)].map(
    (placement) => [placement, cellsAt(placement, transports, benchmark)] as const,
  );
  const total = plan.reduce(
    (sum, [, cells]) => sum + (typeof cells === 'string' ? 0 : cells.length),
    0,
  );
  let done = 0;
  try {
    for (const [placement, cells] of plan) {
      if (typeof cells === 'string') {
        observer.skip(placement, cells, false);
        continue;
      }
      const keepers =
        placement === 'kept-awake' ? await Keepers.start(cells[0]?.cpus ?? []) : undefined;
      try {
        for (const cell of cells) {
          observer.begin(cell, done++, total);
          await measure(cell).then(
            (row) => rows.push(row),
            (error) => observer.skip(nameOf(cell), nameOfFailure(error), true),
          );
        }
      } finally {
        await keepers?.stop();
      }
    }
  } finally {
    observer.stop();
  }
  return rows;
}
