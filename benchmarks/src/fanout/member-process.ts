/** A writer or a reader of a run, in a process of its own. */
import { serve } from '../kit/processes/serve.js';
import { ArenaWriteEnd, attachArena, LeaseReadEnd, LoanReadEnd } from './arena-ends.js';
import { sharedNow } from './clock.js';
import type { FanoutConfig } from './config.js';
import type { ReadEnd, WriteEnd } from './endpoints.js';
import { attachLockedRing, LockedReadEnd, LockedWriteEnd } from './locked-ends.js';
import { ReaderLoop } from './reader-loop.js';
import { Sampler } from './sampler.js';
import type { MemberReport, Role, Sample, Subject } from './samples.js';
import { WriterLoop } from './writer-loop.js';

/** The task of one process of a run. */
export interface MemberTask {
  readonly role: Role;
  /** Its number among the processes of its role. */
  readonly index: number;
  readonly subject: Subject;
  readonly handle: string;
  readonly config: FanoutConfig;
  /** Between two samples. */
  readonly sampleMs: number;
}

const openWriteEnd = ({ subject, handle }: MemberTask): WriteEnd =>
  subject === 'locked'
    ? new LockedWriteEnd(attachLockedRing(handle))
    : new ArenaWriteEnd(attachArena(subject, handle));

function openReadEnd({ subject, handle, config }: MemberTask): ReadEnd {
  if (subject === 'locked') return new LockedReadEnd(attachLockedRing(handle), config.slotBytes);
  const arena = attachArena(subject, handle);
  const lends = arena.kind === 'ring' && config.batch === 1;
  return lends ? new LoanReadEnd(arena) : new LeaseReadEnd(arena, config.batch);
}

/** A task whose ends are open. */
interface Prepared {
  readonly end: WriteEnd | ReadEnd;
  readonly loop: WriterLoop | ReaderLoop;
  readonly sampleMs: number;
}

function prepare(task: MemberTask): Prepared {
  const end = task.role === 'writer' ? openWriteEnd(task) : openReadEnd(task);
  const { index, config, subject, sampleMs } = task;
  const copies = config.readerCopies && subject !== 'locked';
  const loop =
    'tryWrite' in end ? new WriterLoop(end, index, config) : new ReaderLoop(end, config, copies);
  return { end, loop, sampleMs };
}

let prepared: Prepared | undefined;

const functions = {
  /** Opens the arena and fills the records, so that only the work itself comes after the start. */
  prepare(task: MemberTask): void {
    prepared = prepare(task);
  },
  /** Works from `startAt` on the clock that all processes share until the end of the run. */
  async work(startAt: number, tell: (sample: Sample) => void): Promise<MemberReport> {
    if (!prepared) throw new Error('there is nothing to work on: nothing was prepared');
    const { end, loop, sampleMs } = prepared;
    const sampler = new Sampler(startAt, sampleMs, tell);
    await loop.run(startAt, sampler);
    // Close after the measurement: giving the memory back takes long.
    const last = sampler.stop(sharedNow());
    end.close();
    return {
      last,
      maxLag: sampler.counters.maxLag,
      ...(loop instanceof ReaderLoop && { stream: loop.verifier.report() }),
    };
  },
};

export type MemberProcess = typeof functions;

serve(functions);
