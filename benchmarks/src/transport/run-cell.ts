import { setTimeout as sleep } from 'node:timers/promises';
import { releaseItem } from '@arena/payloads';
import { runInSubprocess, type SubprocessPipeline } from '@arena/pipeline';
import { SegmentPool } from '@arena/transport-pool';
import { RingBuffer } from '@arena/transport-ring';
import { peakMemoryDuring } from '../kit/peak-memory.js';
import { cpuSecondsBetween, ownCpuSeconds, threadTimes } from '../kit/usage.js';
import type { Clip } from './clip.js';
import { bytesOfMiB, type Cell, type Pacing, unitsInFlight } from './config.js';
import { type DatasetItem, type DatasetSpec, verifyItem } from './dataset.js';
import { loadVideo } from './packets.js';
import type { ProducerArgs } from './producer.js';
import type { CellResult } from './result.js';

/** Called after every timed pass; `passes` is `undefined` when time decides how many there will be. */
export type OnPass = (done: number, passes: number | undefined) => void;

type Source = SubprocessPipeline<DatasetItem>;

/** Time for the producer to park after a pass, so that all of its CPU time has been counted. */
const settleMs = 2;
/**
 * With an arena an item takes so little CPU of the consumer that the engine's compiling would be visible.
 * Half of that compiling happens during these first items.
 */
const warmUpItems = 64;
/** After this many readings of CPU time, the engine compiles the code that reads it. */
const warmUpReadings = 32;
/** Time for that compiling, which happens in other threads. */
const compileMs = 10;

function createArena(
  { transport }: Cell,
  payloadBytes: number,
  bufferSize: number,
): SegmentPool | RingBuffer | undefined {
  const units = unitsInFlight(bufferSize);
  if (transport === 'pool')
    return SegmentPool.create({ segmentSize: payloadBytes, segmentCount: units });
  if (transport === 'no-arena') return undefined;
  return RingBuffer.create({ capacity: units * (payloadBytes + 4096), whenFull: 'wait' });
}

function datasetOf(
  { sizeMiB, kind, transport }: Cell,
  { numItems, distinct }: Pacing,
  clip: Clip | undefined,
): DatasetSpec {
  const plan = {
    distinct,
    warmUpPass: transport === 'no-arena' ? numItems : Math.max(numItems, warmUpItems),
    longPass: numItems,
    shortPass: Math.max(1, Math.floor(numItems / 2)),
  };
  if (kind !== 'packets') return { ...plan, kind, byteLength: bytesOfMiB(sizeMiB) };
  if (clip === undefined) throw new TypeError('packets are sent of a clip, and there is none');
  return { ...plan, kind, byteLength: clip.byteLength, clip };
}

function pidOf({ pid }: Source): number {
  if (pid === undefined) throw new Error('the producer process could not be started');
  return pid;
}

/** Seconds that one pass takes, from asking for it to its end. */
async function timePass(
  source: Source,
  items: number,
  inspect?: (item: DatasetItem, index: number) => void,
) {
  let count = 0;
  const start = performance.now();
  for await (const item of source) {
    inspect?.(item, count);
    count += 1;
    releaseItem(item);
  }
  const seconds = (performance.now() - start) / 1000;
  if (count !== items) throw new Error(`a pass of ${items} items ended after ${count}`);
  return seconds;
}

interface TimedPass {
  readonly seconds: number;
  readonly producerCpuSeconds: number;
  readonly consumerCpuSeconds: number;
}

/**
 * Runs a pass in which every item is verified, and warms up the reading of CPU times. Compiling the
 * verification and the reading would otherwise count as the consumer's CPU.
 */
async function warmUp(source: Source, spec: DatasetSpec): Promise<void> {
  await timePass(source, spec.warmUpPass, (item, index) => verifyItem(item, index, spec));
  for (let i = 0; i < warmUpReadings; i += 1) threadTimes(pidOf(source));
  await sleep(compileMs);
}

/** A pass with its CPU time. Reading the producer's counters does not count as the consumer's CPU. */
async function measurePass(source: Source, items: number): Promise<TimedPass> {
  const producer = pidOf(source);
  const producerBefore = threadTimes(producer);
  const consumerBefore = ownCpuSeconds();
  const seconds = await timePass(source, items);
  const consumerCpuSeconds = ownCpuSeconds() - consumerBefore;
  await sleep(settleMs);
  return {
    seconds,
    consumerCpuSeconds,
    producerCpuSeconds: cpuSecondsBetween(producerBefore, threadTimes(producer)),
  };
}

/** Runs long passes, which are the timed ones, and after each a short one for the slope. */
async function measurePasses(source: Source, spec: DatasetSpec, pacing: Pacing, onPass: OnPass) {
  const long: TimedPass[] = [];
  const short: number[] = [];
  const deadline = performance.now() + pacing.durationSec * 1000;
  const more = () =>
    pacing.durationSec > 0 ? performance.now() < deadline : long.length < pacing.runs;
  do {
    long.push(await measurePass(source, spec.longPass));
    short.push(await timePass(source, spec.shortPass));
    onPass(long.length, pacing.durationSec > 0 ? undefined : pacing.runs);
  } while (more());
  return { long, short };
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/**
 * Measures one cell with this process as the consumer. Every item of the warm-up is verified. Memory is
 * sampled in a last pass, because sampling would disturb the timed passes.
 *
 * @param clip The clip that a cell of packets sends.
 * @throws {Error} The cell cannot run here, or an item did not arrive as it was sent.
 */
export async function runCell(
  cell: Cell,
  pacing: Pacing,
  onPass: OnPass = () => {},
  clip?: Clip,
): Promise<CellResult> {
  const dataset = datasetOf(cell, pacing, clip);
  if (dataset.kind === 'packets') await loadVideo();
  const args: ProducerArgs = { dataset, bufferSize: pacing.bufferSize };
  const arena = createArena(cell, dataset.byteLength, pacing.bufferSize);
  try {
    await using source = runInSubprocess<DatasetItem>(new URL('producer.js', import.meta.url), {
      args,
      bufferSize: pacing.bufferSize,
      ...(arena && { arena }),
    });
    await warmUp(source, dataset);
    const { long, short } = await measurePasses(source, dataset, pacing, onPass);
    const peakMemoryBytes = await peakMemoryDuring([process.pid, pidOf(source)], async () => {
      await timePass(source, dataset.longPass);
    });
    return {
      payloadBytes: dataset.byteLength,
      long: { items: dataset.longPass, seconds: long.map((pass) => pass.seconds) },
      short: { items: dataset.shortPass, seconds: short },
      producerCpuSeconds: sum(long.map((pass) => pass.producerCpuSeconds)),
      consumerCpuSeconds: sum(long.map((pass) => pass.consumerCpuSeconds)),
      peakMemoryBytes,
    };
  } finally {
    arena?.close();
  }
}
