import { thisHost } from '../kit/host.js';
import type { Progress } from '../kit/progress.js';
import type { FanoutPlan } from './config.js';
import type { Member, OnSample } from './crew.js';
import { type FanoutOutcome, type FanoutRun, problemsOf } from './result.js';
import { runSubject } from './run-subject.js';
import type { Sample, Subject } from './samples.js';

const debugLine = ({ role, pid }: Member, { atMs, records, lag, waits, full, lost }: Sample) =>
  `${(atMs / 1000).toFixed(2)} s  ${role} ${pid}: ${records} records, ` +
  (role === 'writer' ? `${waits} waits, ${full} given up` : `${lag} behind, ${lost} lost`);

const names: Readonly<Record<Subject, string>> = {
  ring: 'ring',
  pool: 'pool',
  locked: 'ring with a lock',
};

async function measure(
  subject: Subject,
  { config, debug }: FanoutPlan,
  progress: Progress,
): Promise<FanoutRun> {
  const step = { name: names[subject], work: config.durationSeconds };
  const onSample: OnSample = (member, sample) => {
    progress.advance(sample.atMs / 1000 / config.durationSeconds);
    if (debug) progress.say(debugLine(member, sample));
  };
  progress.begin(step);
  try {
    return await runSubject(subject, config, onSample);
  } finally {
    progress.end(step);
  }
}

/**
 * Measures the ring or pool and, where wanted, the ring with a lock after it.
 *
 * @throws {Error} A process failed or was killed.
 */
export async function run(plan: FanoutPlan, progress: Progress): Promise<FanoutOutcome> {
  const { config, compareLocked } = plan;
  const subjects: Subject[] = [config.transport, ...(compareLocked ? ['locked' as const] : [])];
  progress.start(subjects.map((name) => ({ name: names[name], work: config.durationSeconds })));
  try {
    const run = await measure(config.transport, plan, progress);
    const locked = compareLocked ? await measure('locked', plan, progress) : undefined;
    const problems = [
      ...problemsOf(run),
      ...(locked ? problemsOf(locked).map((problem) => `ring with a lock: ${problem}`) : []),
    ];
    return { host: thisHost(), run, locked, failed: problems.length, problems };
  } finally {
    progress.stop();
  }
}
