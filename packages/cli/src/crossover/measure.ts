import { ownCpuSeconds } from '../bench/usage.js';
import type { AskedProcess } from './asked-process.js';
import type { Channel } from './links/ipc-link.js';
import {
  type Inspect,
  type LinkSpec,
  type ReadingEnd,
  roomFor,
  type WritingEnd,
} from './links/link.js';
import { makeWritingEnd, openReadingEnd } from './links/open.js';
import type { BurstReply, PartnerRequest } from './partner-process.js';
import { makePayloads, verifyMessage } from './payloads.js';
import { type Percentiles, percentilesOf } from './percentiles.js';
import type { Metric, Series } from './series.js';

/** One measurement: a series at a size, once. */
export interface Cell extends Series {
  readonly metric: Metric;
  readonly sizeBytes: number;
  /** How long the timed part should take, about. */
  readonly durationSec: number;
}

/** What a run of a cell came to. */
export interface CellResult extends Partial<Percentiles> {
  /** Messages, sends or round trips a second. */
  readonly perSecond: number;
  /** Of both processes, of a send the writer's alone; a round trip is two messages. */
  readonly cpuUsPerMessage: number;
}

type Partner = AskedProcess<PartnerRequest, unknown>;

/** Least number of messages in a timed pass, however slow they are. */
const minMessages = 8;

const specOf = ({ transport, copy, sizeBytes }: Cell): Omit<LinkSpec, 'address'> => ({
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
  const partnerBefore = (await partner.ask({ type: 'cpu' })) as number;
  const ownBefore = ownCpuSeconds();
  const sent = partner.ask({ type: 'send', count, fill });
  const receipt = await end.receive(count, inspect);
  const ownCpu = ownCpuSeconds() - ownBefore;
  await sent;
  const partnerCpu = ((await partner.ask({ type: 'cpu' })) as number) - partnerBefore;
  return { ...receipt, cpuSeconds: ownCpu + partnerCpu };
}

/**
 * Passes that grow until one takes long enough to tell how many messages the timed one needs. They
 * take as long together as the timed one at least: code that is not compiled yet is several times slower.
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

async function measureThroughput(cell: Cell, partner: Partner, end: ReadingEnd) {
  const count = await calibrate(partner, end, cell);
  const { messages, seconds, cpuSeconds } = await pass(partner, end, count, false);
  return { perSecond: messages / seconds, cpuUsPerMessage: (1e6 * cpuSeconds) / count };
}

/** Bursts that fit, sent while nobody reads them and drained between: what the reader does costs nothing. */
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
    const { seconds, cpuSeconds } = (await partner.ask({ type: 'burst', count })) as BurstReply;
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

/** One request and its reply. */
async function roundTrip(to: WritingEnd, from: ReadingEnd, request: Uint8Array, inspect?: Inspect) {
  const waiting = to.sendOne(request);
  if (waiting) await waiting;
  const reply = await from.next();
  inspect?.(reply.bytes, 0);
  reply.release();
}

/** `count` round trips, in microseconds each. */
async function roundTrips(
  partner: Partner,
  to: WritingEnd,
  from: ReadingEnd,
  payloads: readonly Uint8Array[],
  count: number,
  inspect?: Inspect,
): Promise<Float64Array> {
  const samplesUs = new Float64Array(count);
  const echoed = partner.ask({ type: 'echo', count });
  for (let index = 0; index < count; index++) {
    const start = performance.now();
    const payload = payloads[index % payloads.length] as Uint8Array;
    await roundTrip(to, from, payload, inspect && ((bytes) => inspect(bytes, index)));
    samplesUs[index] = (performance.now() - start) * 1000;
  }
  await echoed;
  return samplesUs;
}

const warmUpTrips = 100;

/** What is in a unit that is filled in place and was not is whatever was there. */
const verifyReply = ({ transport, sizeBytes }: Cell): Inspect =>
  transport.endsWith('in-place')
    ? () => {}
    : (bytes, index) => verifyMessage(bytes, index, sizeBytes);

async function measureLatency(cell: Cell, partner: Partner, to: WritingEnd, from: ReadingEnd) {
  const payloads = makePayloads(cell.sizeBytes);
  const began = performance.now();
  await roundTrips(partner, to, from, payloads, warmUpTrips, verifyReply(cell));
  const each = (performance.now() - began) / 1000 / warmUpTrips;
  const count = Math.max(warmUpTrips, Math.min(100_000, Math.round(cell.durationSec / each)));
  const partnerBefore = (await partner.ask({ type: 'cpu' })) as number;
  const ownBefore = ownCpuSeconds();
  const samplesUs = await roundTrips(partner, to, from, payloads, count);
  const ownCpu = ownCpuSeconds() - ownBefore;
  const partnerCpu = ((await partner.ask({ type: 'cpu' })) as number) - partnerBefore;
  const seconds = samplesUs.reduce((sum, sample) => sum + sample, 0) / 1e6;
  return {
    perSecond: count / seconds,
    ...percentilesOf(samplesUs),
    cpuUsPerMessage: (1e6 * (ownCpu + partnerCpu)) / (2 * count),
  };
}

/**
 * Measures one cell with this process as the reader, or as the one who requests. The first messages
 * warm up, and are verified.
 *
 * @throws {Error} The cell cannot run here, or a message did not arrive as it was sent.
 */
export async function measureCell(cell: Cell, partner: Partner): Promise<CellResult> {
  const spec = specOf(cell);
  const channel: Channel = partner.child;
  const to = cell.metric === 'latency' ? await makeWritingEnd(spec, channel) : undefined;
  try {
    const incoming = to && { ...spec, address: to.address };
    const address = (await partner.ask({ type: 'open', out: spec, in: incoming })) as string;
    const from = await openReadingEnd({ ...spec, address }, channel);
    try {
      if (to) return await measureLatency(cell, partner, to.end, from.end);
      const measure = cell.metric === 'sends' ? measureSends : measureThroughput;
      return await measure(cell, partner, from.end);
    } finally {
      from.close();
    }
  } finally {
    to?.close();
    await partner.ask({ type: 'close' });
  }
}
