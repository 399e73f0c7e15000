import { messageOf } from '@arena/shm-core/internal';
import { thisHost } from '../kit/host.js';
import { allowedCpus, pinningMissing, twoCores } from '../kit/placement.js';
import { StartedProcess } from '../kit/processes/started-process.js';
import type { Progress } from '../kit/progress.js';
import { availableTransports } from '../links/available.js';
import { environmentOf } from '../links/environment.js';
import { isArena } from '../links/transports.js';
import {
  type LatencyConfig,
  type LatencyTransport,
  nameOf,
  type Placement,
  type TripCell,
} from './config.js';
import { Keepers } from './keepers.js';
import type { LatencyOutcome, TripRow } from './result.js';
import type { TripProcess } from './trip-process.js';

/** The calls of a transport. Other transports than arenas have only async calls, which do not spin. */
const waysOf = (transport: LatencyTransport, { calls, spinMicroseconds }: LatencyConfig) =>
  isArena(transport)
    ? [...new Set(calls)].flatMap((call) =>
        [...new Set(spinMicroseconds)].map((spin) => ({ calls: call, spinMicroseconds: spin })),
      )
    : [{ calls: 'async' as const, spinMicroseconds: 0 }];

/** The CPUs of a placement, or the reason why it cannot be measured here. */
function cpusAt(placement: Placement): readonly [number, number] | string {
  const missing = pinningMissing();
  if (missing !== undefined) return missing;
  const [first] = allowedCpus();
  const pair = placement === 'same-core' && first !== undefined ? [first, first] : twoCores();
  const [own, other] = pair ?? [];
  if (own === undefined || other === undefined) return 'this process may run on one core only.';
  return [own, other];
}

interface Group {
  readonly cpus: readonly [number, number];
  readonly cells: readonly TripCell[];
  readonly keptAwake: boolean;
}

/** The cells of every placement that is possible here; `progress` is told of the others. */
function groupsOf(
  config: LatencyConfig,
  transports: readonly LatencyTransport[],
  progress: Progress,
): Group[] {
  const { sizeBytes, durationSec } = config;
  return [...new Set(config.placements)].flatMap((placement) => {
    const cpus = cpusAt(placement);
    if (typeof cpus === 'string') {
      progress.skip(placement, cpus);
      return [];
    }
    const cells = transports.flatMap((transport) =>
      waysOf(transport, config).map((way) => ({
        ...{ transport, ...way, placement, sizeBytes, durationSec },
        cpus,
      })),
    );
    return [{ cpus, cells, keptAwake: placement === 'kept-awake' }];
  });
}

/** Measures a cell in processes of its own. */
async function measure(cell: TripCell): Promise<TripRow> {
  const trips = new StartedProcess<TripProcess>(new URL('trip-process.js', import.meta.url), {
    name: 'the measuring process',
    environment: environmentOf(cell.transport),
  });
  try {
    const { durationSec, ...rest } = cell;
    return { ...rest, ...(await trips.call('measure', cell)) };
  } finally {
    await trips.stop();
  }
}

const stepOf = (cell: TripCell) => ({ name: nameOf(cell), work: 1 });

/** The rows of the cells that could be measured. */
async function measureGroup({ cpus, cells, keptAwake }: Group, progress: Progress) {
  const keepers = keptAwake ? await Keepers.start(cpus) : undefined;
  const rows: TripRow[] = [];
  try {
    for (const cell of cells) {
      progress.begin(stepOf(cell));
      try {
        rows.push(await measure(cell));
      } catch (error) {
        progress.skip(nameOf(cell), messageOf(error));
      }
      progress.end(stepOf(cell));
    }
  } finally {
    await keepers?.stop();
  }
  return rows;
}

/** Measures every cell, placement by placement. A cell that fails is skipped. */
export async function run(config: LatencyConfig, progress: Progress): Promise<LatencyOutcome> {
  const transports = await availableTransports(config.transports, progress);
  const groups = groupsOf(config, transports, progress);
  const cells = groups.flatMap((group) => group.cells);
  const rows: TripRow[] = [];
  progress.start(cells.map(stepOf));
  try {
    for (const group of groups) rows.push(...(await measureGroup(group, progress)));
  } finally {
    progress.stop();
  }
  return { host: thisHost(), rows, failed: cells.length - rows.length, problems: [] };
}
