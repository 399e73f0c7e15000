/** A writer or a reader of a run, in a process of its own: takes a task, starts when told, reports, ends. */
import { ArenaWriteEnd, attachArena, LeaseReadEnd, LoanReadEnd } from './arena-ends.js';
import { sharedNow } from './clock.js';
import type { CrewReport, CrewTask, FromCrew, ToCrew } from './crew-messages.js';
import type { ReadEnd, WriteEnd } from './endpoints.js';
import { attachLockedRing, LockedReadEnd, LockedWriteEnd } from './locked-ends.js';
import { ReaderLoop } from './reader-loop.js';
import { Sampler } from './sampler.js';
import { WriterLoop } from './writer-loop.js';

const tell = (message: FromCrew) =>
  new Promise<void>((resolve) => {
    process.send?.(message, () => resolve());
  });

const nextOrder = () =>
  new Promise<ToCrew>((resolve) => {
    process.once('message', (message: ToCrew) => resolve(message));
  });

const openWriteEnd = ({ subject, handle }: CrewTask): WriteEnd =>
  subject === 'locked'
    ? new LockedWriteEnd(attachLockedRing(handle))
    : new ArenaWriteEnd(attachArena(subject, handle));

function openReadEnd({ subject, handle, config }: CrewTask): ReadEnd {
  if (subject === 'locked') return new LockedReadEnd(attachLockedRing(handle), config.slotBytes);
  const arena = attachArena(subject, handle);
  const lends = subject === 'ring' && config.batch === 1;
  return lends ? new LoanReadEnd(arena) : new LeaseReadEnd(arena, config.batch);
}

/** Opens everything, so that only the work itself is left for the start. */
function prepare(task: CrewTask): (startAt: number, sampler: Sampler) => Promise<CrewReport> {
  const end = task.role === 'writer' ? openWriteEnd(task) : openReadEnd(task);
  const { index, config, subject } = task;
  const copies = config.readerCopies && subject !== 'locked';
  const loop =
    'tryWrite' in end ? new WriterLoop(end, index, config) : new ReaderLoop(end, config, copies);
  return async (startAt, sampler) => {
    await loop.run(startAt, sampler);
    // Before the end is closed: giving the memory back takes long, and is not what is measured.
    const last = sampler.stop(sharedNow());
    end.close();
    return {
      last,
      maxLag: sampler.counters.maxLag,
      ...(loop instanceof ReaderLoop && { stream: loop.verifier.report() }),
    };
  };
}

async function serve() {
  const order = await nextOrder();
  if (order.type !== 'task') throw new Error(`expected a task, was told to ${order.type}`);
  const work = prepare(order.task);
  const start = nextOrder();
  await tell({ type: 'ready' });
  const go = await start;
  if (go.type !== 'go') throw new Error(`expected to start, was given a ${go.type}`);
  const sampler = new Sampler(
    go.startAt,
    order.task.sampleMs,
    (sample) => void tell({ type: 'sample', sample }),
  );
  await tell({ type: 'report', report: await work(go.startAt, sampler) });
}

// A terminal's Ctrl-C reaches every process; the one that started this one ends it.
process.on('SIGINT', () => {});
// Whoever wanted this is gone.
process.once('disconnect', () => process.exit());
try {
  await serve();
} catch (error) {
  await tell({ type: 'failure', message: error instanceof Error ? error.message : String(error) });
}
process.disconnect();
