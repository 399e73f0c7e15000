import { createArena } from './arena-ends.js';
import type { FanoutConfig } from './config.js';
import { Crew, type DoneMember, type OnSample } from './crew.js';
import type { CrewTask, Role, Subject } from './crew-messages.js';
import { createLockedRing } from './locked-ends.js';

/** Samples that a run of any length is drawn with, at most one each of these milliseconds. */
const samplesPerRun = 40;
const minSampleMs = 50;

export interface FanoutRun {
  readonly config: FanoutConfig;
  readonly writers: readonly DoneMember[];
  readonly readers: readonly DoneMember[];
}

/** The shared memory of one subject, and its end. */
interface Ground extends Disposable {
  readonly handle: string;
}

function prepareGround(subject: Subject, config: FanoutConfig): Ground {
  if (subject !== 'locked') return createArena({ ...config, transport: subject });
  const ring = createLockedRing(config.slots, config.slotBytes);
  return { handle: ring.handle(), [Symbol.dispose]: () => ring.close() };
}

function tasksOf(subject: Subject, config: FanoutConfig, handle: string): CrewTask[] {
  const sampleMs = Math.max(minSampleMs, (1000 * config.durationSeconds) / samplesPerRun);
  const ofRole = (role: Role, count: number): CrewTask[] =>
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
 * @param signal Ends the run and every process of it.
 * @throws {Error} A process failed or was killed; the signal's reason.
 */
export async function runFanout(
  subject: Subject,
  config: FanoutConfig,
  onSample: OnSample,
  signal: AbortSignal,
): Promise<FanoutRun> {
  const ground = prepareGround(subject, config);
  const crew = new Crew(tasksOf(subject, config, ground.handle), onSample);
  try {
    const members = await Promise.race([crew.work(), rejectOn(signal)]);
    const ofRole = (role: Role) => members.filter((member) => member.role === role);
    return { config, writers: ofRole('writer'), readers: ofRole('reader') };
  } finally {
    await crew.disband();
    ground[Symbol.dispose]();
  }
}

const rejectOn = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    const fail = () => reject(signal.reason);
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
