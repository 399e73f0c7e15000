import { thisHost } from '../bench/host.js';
import type { FanoutConfig } from './config.js';
import type { Member, OnSample } from './crew.js';
import type { Sample, Subject } from './crew-messages.js';
import { fanoutProgress } from './progress.js';
import { type FanoutResult, problemsOf, resultOf } from './result.js';
import { type FanoutRun, runFanout } from './run-fanout.js';

export interface MeasureOptions {
  readonly compareLocked: boolean;
  /** Tells on stderr what each process does. */
  readonly debug: boolean;
  readonly signal: AbortSignal;
}

export interface Measured {
  readonly run: FanoutRun;
  readonly result: FanoutResult;
  /** What verification found, in words. */
  readonly problems: readonly string[];
}

const debugLine = ({ role, pid }: Member, { atMs, records, lag, waits, full, lost }: Sample) =>
  `${(atMs / 1000).toFixed(2)} s  ${role} ${pid}: ${records} records, ` +
  (role === 'writer' ? `${waits} waits, ${full} given up` : `${lag} behind, ${lost} lost`);

/** Measures what the configuration says and, where wanted, the ring with a lock after it. */
export async function measureFanout(
  config: FanoutConfig,
  options: MeasureOptions,
): Promise<Measured> {
  const progress = fanoutProgress();
  const onSample: OnSample = (member, sample) => {
    progress.at(sample.atMs / 1000);
    if (options.debug) process.stderr.write(`${debugLine(member, sample)}\n`);
  };
  const measure = async (subject: Subject) => {
    progress.start(subject, config.durationSeconds);
    try {
      return await runFanout(subject, config, onSample, options.signal);
    } finally {
      progress.stop();
    }
  };
  const run = await measure(config.transport);
  const locked = options.compareLocked ? await measure('locked') : undefined;
  return {
    run,
    result: resultOf(thisHost(), run, locked),
    problems: [
      ...problemsOf(run),
      ...(locked ? problemsOf(locked).map((problem) => `ring with a lock: ${problem}`) : []),
    ],
  };
}
