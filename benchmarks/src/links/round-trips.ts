import { ownCpuSeconds } from '../kit/usage.js';
import type { Inspect, LinkSpec, ReadingEnd, WritingEnd } from './link.js';
import { makeWritingEnd, openReadingEnd } from './open.js';
import type { Partner } from './partner.js';
import { makePayloads, verifyMessage } from './payloads.js';

/** A link to a partner that echoes, and the link back. */
export interface Ways {
  readonly partner: Partner;
  readonly to: WritingEnd;
  readonly from: ReadingEnd;
  close(): Promise<void>;
}

export type WaySpec = Omit<LinkSpec, 'address'>;

/** Opens both links. */
export async function openWays(partner: Partner, spec: WaySpec): Promise<Ways> {
  const to = await makeWritingEnd(spec, partner.child);
  try {
    const address = await partner.call('open', {
      out: spec,
      back: { ...spec, address: to.address },
    });
    const from = await openReadingEnd({ ...spec, address }, partner.child);
    const close = async () => {
      from.close();
      to.close();
      await partner.call('close');
    };
    return { partner, to: to.end, from: from.end, close };
  } catch (error) {
    to.close();
    throw error;
  }
}

type Trip = (request: Uint8Array, inspect: Inspect | undefined, index: number) => unknown;

const asyncTrip =
  ({ to, from }: Ways): Trip =>
  async (request, inspect, index) => {
    const waiting = to.sendOne(request);
    if (waiting) await waiting;
    const reply = await from.next();
    inspect?.(reply.bytes, index);
    reply.release();
  };

/** Blocks: this process does nothing else until the reply is here. */
const syncTrip =
  ({ to, from }: Ways): Trip =>
  (request, inspect, index) => {
    if (!from.nextSync) throw new Error('only arenas have calls that block');
    to.sendOne(request);
    const reply = from.nextSync();
    inspect?.(reply.bytes, index);
    reply.release();
  };

interface TripOptions {
  readonly payloads: readonly Uint8Array[];
  readonly sync: boolean;
  readonly inspect?: Inspect | undefined;
}

/** `count` round trips, one in flight, in microseconds each. */
async function timeTrips(ways: Ways, count: number, { payloads, sync, inspect }: TripOptions) {
  const samplesUs = new Float64Array(count);
  const echoed = ways.partner.call('echo', { count, sync });
  // The request is sent before a call blocks this thread.
  await new Promise((resolve) => setImmediate(resolve));
  const trip = sync ? syncTrip(ways) : asyncTrip(ways);
  for (let index = 0; index < count; index++) {
    const start = performance.now();
    const waiting = trip(payloads[index % payloads.length] as Uint8Array, inspect, index);
    if (!sync) await waiting;
    samplesUs[index] = (performance.now() - start) * 1000;
  }
  await echoed;
  return samplesUs;
}

export interface RoundTrips {
  /** In the order of the round trips. */
  readonly samplesUs: Float64Array;
  readonly seconds: number;
  /** CPU of both processes. */
  readonly cpuSeconds: number;
}

const firstTrips = 100;
const maxTrips = 200_000;

/** A unit that is made in place is not filled here. It holds the earlier bytes of that memory. */
const verifierOf = ({ transport, sizeBytes }: WaySpec): Inspect | undefined =>
  transport.endsWith('in-place')
    ? undefined
    : (bytes, index) => verifyMessage(bytes, index, sizeBytes);

/**
 * Makes round trips for about `durationSec`, after as long to warm up. The first ones are verified.
 *
 * @throws {Error} A reply was not what had been sent.
 */
export async function measureRoundTrips(
  ways: Ways,
  spec: WaySpec,
  { durationSec, sync }: { durationSec: number; sync: boolean },
): Promise<RoundTrips> {
  const payloads = makePayloads(spec.sizeBytes);
  const inspect = verifierOf(spec);
  let count = firstTrips;
  // The first trips run code that is not compiled yet, so their speed is measured again.
  for (const options of [
    { payloads, sync, inspect },
    { payloads, sync },
    { payloads, sync },
  ]) {
    const began = performance.now();
    await timeTrips(ways, count, options);
    const perSecond = (1000 * count) / (performance.now() - began);
    count = Math.round(Math.max(firstTrips, Math.min(maxTrips, perSecond * durationSec)));
  }
  const partnerBefore = await ways.partner.call('cpuSeconds');
  const ownBefore = ownCpuSeconds();
  const samplesUs = await timeTrips(ways, count, { payloads, sync });
  const ownCpu = ownCpuSeconds() - ownBefore;
  const partnerCpu = (await ways.partner.call('cpuSeconds')) - partnerBefore;
  const seconds = samplesUs.reduce((sum, sample) => sum + sample, 0) / 1e6;
  return { samplesUs, seconds, cpuSeconds: ownCpu + partnerCpu };
}
