import type { Row } from '../../dist/transport/result.js';

/** A row whose figures all differ, with the fields that a test sets. */
export const row = (given: Partial<Row> = {}): Row => ({
  sizeMiB: 32,
  kind: 'bytes',
  transport: 'pool',
  itemsPerSecond: 600.5,
  mbPerSecond: 20149.437,
  mbPerSecondLow: 19000.25,
  mbPerSecondHigh: 21298.624,
  speedup: 44.5,
  cpuSeconds: 0.51,
  producerCpuSeconds: 0.5,
  consumerCpuSeconds: 0.01,
  peakMemoryMB: 512.25,
  limitShare: 0.84,
  marginalUsPerItem: 1500.4,
  marginalMbPerSecond: 22363.3,
  ...given,
});

export const seedHeader =
  'size_mb,kind,transport,items_per_s,mb_per_s,mb_per_s_lo,mb_per_s_hi,speedup,peak_rss_mb,cpu_sec';
