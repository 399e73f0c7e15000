/** The process that makes round trips; it starts its partner, which echoes. */
import { AskedProcess, answerParent } from '../crossover/asked-process.js';
import { quantile } from '../crossover/percentiles.js';
import { Placer } from '../crossover/placement.js';
import { measureRoundTrips, openWays, type Partner } from '../crossover/round-trips.js';
import type { TripCell, TripResult } from './cell.js';
import { histogramOf } from './histogram.js';

const placer = new Placer();
let partner: Partner | undefined;

function resultOf(samplesUs: Float64Array, cpuSeconds: number): TripResult {
  samplesUs.sort();
  return {
    roundTrips: samplesUs.length,
    p50Us: quantile(samplesUs, 0.5),
    p90Us: quantile(samplesUs, 0.9),
    p99Us: quantile(samplesUs, 0.99),
    p999Us: quantile(samplesUs, 0.999),
    maxUs: quantile(samplesUs, 1),
    cpuUsPerRoundTrip: (1e6 * cpuSeconds) / samplesUs.length,
    histogram: histogramOf(samplesUs),
  };
}

answerParent(async (cell: TripCell): Promise<TripResult> => {
  partner ??= new AskedProcess(
    new URL('../crossover/partner-process.js', import.meta.url),
    'advanced',
  );
  if (cell.cpus) placer.place([process.pid, partner.child.pid ?? 0], cell.cpus);
  const { transport, sizeBytes, spinMicroseconds, durationSec, calls } = cell;
  const spec = { transport, copy: true, sizeBytes, spinMicroseconds };
  const ways = await openWays(partner, spec);
  try {
    const options = { durationSec, sync: calls === 'sync' };
    const { samplesUs, cpuSeconds } = await measureRoundTrips(ways, spec, options);
    return resultOf(samplesUs, cpuSeconds);
  } finally {
    await ways.close();
  }
});
