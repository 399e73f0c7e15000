import { defaultConfig, type FanoutConfig } from '../../dist/fanout/config.js';
import type { DoneMember } from '../../dist/fanout/crew.js';
import type { FanoutRun } from '../../dist/fanout/result.js';
import type { Sample } from '../../dist/fanout/samples.js';
import { StreamVerifier } from '../../dist/fanout/stream-verifier.js';

export const sample = (given: Partial<Sample>): Sample => ({
  atMs: 0,
  records: 0,
  waits: 0,
  full: 0,
  lost: 0,
  lag: 0,
  cpuSeconds: 0,
  ...given,
});

export const member = (
  role: DoneMember['role'],
  index: number,
  samples: readonly Partial<Sample>[],
): DoneMember => {
  const all = samples.map(sample);
  const last = all.at(-1) ?? sample({});
  return {
    role,
    index,
    pid: role === 'writer' ? 100 + index : 200 + index,
    samples: all.slice(0, -1),
    report: {
      last,
      maxLag: Math.max(...all.map(({ lag }) => lag)),
      ...(role === 'reader' && { stream: wholeStream(last.records) }),
    },
  };
};

function wholeStream(records: number) {
  const verifier = new StreamVerifier(1, false);
  for (let sequence = 0; sequence < records; sequence += 1)
    verifier.accept({ writer: 0, sequence, intact: true });
  return verifier.report();
}

/** One writer and two readers. The second reader is slow at first and reads on after the end. */
export const run = (config: Partial<FanoutConfig> = {}): FanoutRun => ({
  config: {
    ...defaultConfig,
    readers: 2,
    durationSeconds: 2,
    writesPerSecond: 100,
    slotBytes: 1_000_000,
    ...config,
  },
  writers: [
    member('writer', 0, [
      { atMs: 1000, records: 100, waits: 3, cpuSeconds: 0.2 },
      { atMs: 2000, records: 200, waits: 4, cpuSeconds: 0.4 },
    ]),
  ],
  readers: [
    member('reader', 0, [
      { atMs: 1000, records: 100, lag: 1, cpuSeconds: 0.1 },
      { atMs: 2000, records: 200, lag: 2, cpuSeconds: 0.2 },
    ]),
    member('reader', 1, [
      { atMs: 1000, records: 50, lag: 10, cpuSeconds: 0.1 },
      { atMs: 2000, records: 100, lag: 9, cpuSeconds: 0.2 },
      { atMs: 4000, records: 200, lag: 4, cpuSeconds: 0.4 },
    ]),
  ],
});
