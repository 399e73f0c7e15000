import { createArena } from './arena-ends.js';
import type { FanoutConfig } from './config.js';
import { Crew, type OnSample } from './crew.js';
import { createLockedRing } from './locked-ends.js';
import type { MemberTask } from './member-process.js';
import type { FanoutRun } from './result.js';
import type { Role, Subject } from './samples.js';

/** A run of any length has so many samples, but no more than one in `minSampleMs`. */
const samplesPerRun = 40;
const minSampleMs = 50;

/** The shared memory of one subject, and its end. */
interface Ground extends Disposable {
  readonly handle: string;
}

function prepareGround(subject: Subject, config: FanoutConfig): Ground {
  if (subject !== 'locked') return createArena({ ...config, transport: subject });
  const ring = createLockedRing(config.slots, config.slotBytes);
  return { handle: ring.handle(), [Symbol.dispose]: () => ring.close() };
}

function tasksOf(subject: Subject, config: FanoutConfig, handle: string): MemberTask[] {
  const sampleMs = Math.max(minSampleMs, (1000 * config.durationSeconds) / samplesPerRun);
  const ofRole = (role: Role, count: number): MemberTask[] =>
    Array.from({ length: count }, (_, index) => ({
      role,
      index,
      subject,
      handle,
      config,
      sampleMs,
    }));
  return [...ofRole('reader', config.readers), ...ofRole('writer', config.writers)];
}

/**
 * Runs one subject: every writer and reader is a process of its own.
 *
 * @throws {Error} A process failed or was killed.
 */
export async function runSubject(
  subject: Subject,
  config: FanoutConfig,
  onSample: OnSample,
): Promise<FanoutRun> {
  const ground = prepareGround(subject, config);
  const crew = new Crew(tasksOf(subject, config, ground.handle), onSample);
  try {
    const members = await crew.work();
    const ofRole = (role: Role) => members.filter((member) => member.role === role);
    return { config, writers: ofRole('writer'), readers: ofRole('reader') };
  } finally {
    await crew.disband();
    ground[Symbol.dispose]();
  }
}
