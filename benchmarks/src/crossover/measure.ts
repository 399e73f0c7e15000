import { quantile } from '../kit/statistics.js';
import { ownCpuSeconds } from '../kit/usage.js';
import { type Inspect, type ReadingEnd, roomFor } from '../links/link.js';
import { openReadingEnd } from '../links/open.js';
import type { Partner } from '../links/partner.js';
import { verifyMessage } from '../links/payloads.js';
import { measureRoundTrips, openWays, type WaySpec } from '../links/round-trips.js';
import type { Cell } from './config.js';

/** The latencies of many round trips, in microseconds. */
interface Percentiles {
  readonly p50Us: number;
  readonly p99Us: number;
  readonly p999Us: number;
}

/** @param samplesUs In any order; sorted in place. */
function percentilesOf(samplesUs: Float64Array): Percentiles {
  samplesUs.sort();
  return {
    p50Us: quantile(samplesUs, 0.5),
    p99Us: quantile(samplesUs, 0.99),
    p999Us: quantile(samplesUs, 0.999),
  };
}

/** The result of a run of a cell. */
export interface CellResult extends Partial<Percentiles> {
  /** Messages, sends or round trips a second. */
  readonly perSecond: number;
  /** CPU of both processes; of a send, of the writer alone. A round trip is two messages. */
  readonly cpuUsPerMessage: number;
}

/** Fewest messages in a timed pass. */
const minMessages = 8;

const specOf = ({ transport, copy, sizeBytes }: Cell): WaySpec => ({
  transport,
  copy,
  sizeBytes,
});

/** One pass of `count` messages, and the CPU that it took in both processes. */
async function pass(
  partner: Partner,
  end: ReadingEnd,
  count: number,
  fill: boolean,
  inspect?: Inspect,
) {
  const partnerBefore = await partner.call('cpuSeconds');
  const ownBefore = ownCpuSeconds();
  const sent = partner.call('send', { count, fill });
  const receipt = await end.receive(count, inspect);
  const ownCpu = ownCpuSeconds() - ownBefore;
  await sent;
  const partnerCpu = (await partner.call('cpuSeconds')) - partnerBefore;
  return { ...receipt, cpuSeconds: ownCpu + partnerCpu };
}

/**
 * Makes longer and longer passes, until a pass is long enough to compute the number of messages for the timed
 * pass. Together the passes take at least as long as the timed pass, because code that is not compiled yet is
 * several times slower.
 */
async function calibrate(partner: Partner, end: ReadingEnd, { sizeBytes, durationSec }: Cell) {
  const warmUp = 2 * roomFor(sizeBytes);
  await pass(partner, end, warmUp, true, (bytes, index) => verifyMessage(bytes, index, sizeBytes));
  const began = performance.now();
  for (let count = warmUp; ; count *= 2) {
    const { messages, seconds } = await pass(partner, end, count, false);
    const elapsed = (performance.now() - began) / 1000;
    if (messages > 0 && seconds >= durationSec / 4 && elapsed >= durationSec) {
      return Math.max(minMessages, Math.round((messages / seconds) * durationSec));
    }
  }
}

export async function measureThroughput(cell: Cell, partner: Partner, end: ReadingEnd) {
  for (let count = await calibrate(partner, end, cell); ; count *= 2) {
    const { messages, seconds, cpuSeconds } = await pass(partner, end, count, false);
    // When this process gets no core for a while, a few messages may all arrive at once. Then no time passes
    // between the first and the last receipt.
    if (messages === 0 || seconds === 0) continue;
    return { perSecond: messages / seconds, cpuUsPerMessage: (1e6 * cpuSeconds) / count };
  }
}

/**
 * Sends bursts that fit while the reader does not read, and reads them between the bursts. So the reader's
 * time does not count.
 */
async function measureSends(
  { sizeBytes, durationSec }: Cell,
  partner: Partner,
  end: ReadingEnd,
): Promise<CellResult> {
  const count = roomFor(sizeBytes);
  const sums = { bursts: 0, seconds: 0, cpuSeconds: 0 };
  const began = performance.now();
  const elapsed = () => (performance.now() - began) / 1000;
  while (sums.bursts < 2 || elapsed() < 1.5 * durationSec) {
    const { seconds, cpuSeconds } = await partner.call('burst', count);
    await end.receive(count);
    if (elapsed() < 0.5 * durationSec) continue; // warming up
    sums.bursts += 1;
    sums.seconds += seconds;
    sums.cpuSeconds += cpuSeconds;
  }
  const messages = sums.bursts * count;
  return {
    perSecond: messages / sums.seconds,
    cpuUsPerMessage: (1e6 * sums.cpuSeconds) / messages,
  };
}

async function measureLatency(cell: Cell, partner: Partner): Promise<CellResult> {
  const spec = specOf(cell);
  const ways = await openWays(partner, spec);
  try {
    const { durationSec } = cell;
    const { samplesUs, seconds, cpuSeconds } = await measureRoundTrips(ways, spec, {
      durationSec,
      sync: false,
    });
    const count = samplesUs.length;
    return {
      perSecond: count / seconds,
      ...percentilesOf(samplesUs),
      cpuUsPerMessage: (1e6 * cpuSeconds) / (2 * count),
    };
  } finally {
    await ways.close();
  }
}

async function measureOneWay(cell: Cell, partner: Partner): Promise<CellResult> {
  const spec = specOf(cell);
  const address = await partner.call('open', { out: spec });
  try {
    const from = await openReadingEnd({ ...spec, address }, partner.child);
    try {
      const measure = cell.metric === 'sends' ? measureSends : measureThroughput;
      return await measure(cell, partner, from.end);
    } finally {
      from.close();
    }
  } finally {
    await partner.call('close');
  }
}

/**
 * Measures one cell. This process reads, or makes the requests of round trips. The first messages warm
 * up, and are verified.
 *
 * @throws {Error} The cell cannot run here, or a message did not arrive as it was sent.
 */
export const measureCell = (cell: Cell, partner: Partner): Promise<CellResult> =>
  cell.metric === 'latency' ? measureLatency(cell, partner) : measureOneWay(cell, partner);
