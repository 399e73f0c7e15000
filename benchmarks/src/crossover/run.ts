import { messageOf } from '@arena/shm-core/internal';
import { thisHost } from '../kit/host.js';
import { pinningMissing, twoCores } from '../kit/placement.js';
import { StartedProcess } from '../kit/processes/started-process.js';
import type { Progress } from '../kit/progress.js';
import { availableTransports } from '../links/available.js';
import { environmentOf } from '../links/environment.js';
import type { Transport } from '../links/transports.js';
import { type Cell, type CrossoverConfig, cellsOf, nameOf } from './config.js';
import type { CellResult } from './measure.js';
import type { MeasureProcess } from './measure-process.js';
import type { CrossoverOutcome, Sample } from './result.js';

type Measurer = StartedProcess<MeasureProcess>;

const startMeasurer = (transport: Transport): Measurer =>
  new StartedProcess(new URL('measure-process.js', import.meta.url), {
    name: 'the measuring process',
    environment: environmentOf(transport),
  });

/** The processes that measure the cells of one run. A process is started when a cell needs it. */
class Crew {
  readonly #measurers = new Map<Transport, Measurer>();

  constructor(private readonly isolate: boolean) {}

  async measure(cell: Cell): Promise<CellResult> {
    const measurer = this.#measurers.get(cell.transport) ?? startMeasurer(cell.transport);
    this.#measurers.set(cell.transport, measurer);
    try {
      const result = await measurer.call('measure', cell);
      if (this.isolate) await this.#stop(cell.transport);
      return result;
    } catch (error) {
      // The process may be in any state. The next cell gets another process.
      await this.#stop(cell.transport);
      throw error;
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#measurers.keys()].map((transport) => this.#stop(transport)));
  }

  async #stop(transport: Transport): Promise<void> {
    const measurer = this.#measurers.get(transport);
    this.#measurers.delete(transport);
    await measurer?.stop();
  }
}

/** Measures every cell once, in processes that no other run has. A cell that fails is skipped. */
async function measureOnce(cells: readonly Cell[], isolate: boolean, progress: Progress) {
  const crew = new Crew(isolate);
  const samples: Sample[] = [];
  try {
    for (const cell of cells) {
      const { metric, transport, copy, sizeBytes } = cell;
      const step = { name: nameOf(cell), work: 1 };
      progress.begin(step);
      try {
        samples.push({ metric, transport, copy, sizeBytes, ...(await crew.measure(cell)) });
      } catch (error) {
        progress.skip(nameOf(cell), messageOf(error));
      }
      progress.end(step);
    }
  } finally {
    await crew.stop();
  }
  return samples;
}

/**
 * CPUs of the two processes of a round trip. The system would put them on one core for some measurements and
 * on two cores for others. On two cores a wake-up costs several times as much.
 */
const coresOfTrips = () => (pinningMissing() === undefined ? twoCores() : undefined);

/** Measures every cell `runs` times, one cell at a time. */
export async function run(config: CrossoverConfig, progress: Progress): Promise<CrossoverOutcome> {
  const transports = await availableTransports(config.transports, progress);
  const tripCpus = coresOfTrips();
  const cells = cellsOf({ ...config, transports }, tripCpus);
  const runs = Array.from({ length: config.runs }, () => cells);
  const samples: Sample[] = [];
  progress.start(runs.flat().map((cell) => ({ name: nameOf(cell), work: 1 })));
  try {
    for (const run of runs) samples.push(...(await measureOnce(run, config.isolate, progress)));
  } finally {
    progress.stop();
  }
  const failed = runs.flat().length - samples.length;
  return { host: thisHost(), samples, tripCpus, failed, problems: [] };
}
