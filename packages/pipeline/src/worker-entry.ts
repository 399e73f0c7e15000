/** The main script of a worker process: builds its pipeline, then does as its parent says. */
import type { Arena } from '@arena/shm-core';
import type { Outbox } from './channel.js';
import { ArenaOutbox } from './channel-arena.js';
import { IpcOutbox } from './channel-ipc.js';
import { encodeError } from './error-transfer.js';
import { loadPipeline } from './load-pipeline.js';
import type { ArenaAddress, FromWorker, Setup, ToWorker } from './messages.js';
import { receiveOrders } from './orders.js';
import { dieWithParent } from './parent-death.js';
import { PassRunner } from './pass-runner.js';

/** Undefined until the pipeline is built. */
let runner: PassRunner | undefined;

/** Resolves once `message` has left this process; rejects where it cannot be cloned or sent. */
function send(message: FromWorker): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send?.(message, undefined, undefined, (error) => (error ? reject(error) : resolve()));
  });
}

/** For what is news to nobody where the parent is gone. */
function tell(message: FromWorker): void {
  send(message).catch(() => {});
}

/** Loads the one transport that is needed; without an arena none is. */
async function attach({ kind, handle }: ArenaAddress): Promise<Arena> {
  if (kind === 'pool') {
    const { SegmentPool } = await import('@arena/transport-pool');
    return SegmentPool.attach(handle);
  }
  const { RingBuffer } = await import('@arena/transport-ring');
  return RingBuffer.attach(handle);
}

async function openOutbox({ arena, copyThreshold, bufferSize }: Setup): Promise<Outbox> {
  if (arena === undefined) return new IpcOutbox(send, bufferSize);
  const endByMessage = (epoch: number) => tell({ type: 'end', epoch });
  return new ArenaOutbox(await attach(arena), copyThreshold, endByMessage);
}

async function prepare(setup: Setup): Promise<void> {
  let outbox: Outbox | undefined;
  try {
    outbox = await openOutbox(setup);
    const pipeline = await loadPipeline(setup.moduleUrl, setup.args);
    const made = new PassRunner(pipeline, outbox, tell);
    if (setup.arena) receiveOrders(setup.arena.orders, (order) => made.onMessage(order));
    runner = made;
  } catch (error) {
    outbox?.close();
    await send({ type: 'unusable', error: encodeError(error) }).catch(() => {});
    process.exit(1);
  }
  tell({ type: 'ready' });
}

/** This is intentional: an explicit exit, because a module's open handles would prevent any other. */
async function end(code: number): Promise<void> {
  await runner?.close();
  process.exit(code);
}

dieWithParent();
process.on('disconnect', () => void end(1));
// This is intentional: no handler, which would keep alive what Node considers broken. The message goes
// out at once unless items queue before it, and is lost otherwise.
process.on('uncaughtExceptionMonitor', (error) => {
  tell({ type: 'crash', error: encodeError(error) });
});
process.on('message', (message: ToWorker) => {
  if (message.type === 'setup') void prepare(message);
  else if (message.type === 'close') void end(0);
  else runner?.onMessage(message);
});
