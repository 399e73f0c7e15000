/** The process that makes round trips. It starts its partner, which echoes. */
import { Placer } from '../kit/placement.js';
import { serve } from '../kit/processes/serve.js';
import { type Partner, startPartner } from '../links/partner.js';
import { measureRoundTrips, openWays } from '../links/round-trips.js';
import type { TripCell } from './config.js';
import { type Trips, tripsOf } from './result.js';

const placer = new Placer();
let partner: Partner | undefined;

const functions = {
  async measure(cell: TripCell): Promise<Trips> {
    partner ??= startPartner();
    if (cell.cpus) placer.place([process.pid, partner.pid], cell.cpus);
    const { transport, sizeBytes, spinMicroseconds, durationSec, calls } = cell;
    const spec = { transport, copy: true, sizeBytes, spinMicroseconds };
    const ways = await openWays(partner, spec);
    try {
      const options = { durationSec, sync: calls === 'sync' };
      const { samplesUs, cpuSeconds } = await measureRoundTrips(ways, spec, options);
      return tripsOf(samplesUs, cpuSeconds);
    } finally {
      await ways.close();
    }
  },
};

export type TripProcess = typeof functions;

serve(functions);
