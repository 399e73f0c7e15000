/** The main script of a producer process: builds the pipeline, then runs passes as the consumer asks. */
import { Socket } from 'node:net';
import type { Arena } from '@arena/shm-core';
import { messageFd } from '../protocol/descriptors.js';
import { encodeError } from '../protocol/error-transfer.js';
import { MessagePipe } from '../protocol/message-pipe.js';
import type { ArenaAddress, FromProducer, Setup, ToProducer } from '../protocol/messages.js';
import { type Order, receiveOrders } from '../protocol/orders.js';
import { guardSend } from '../protocol/user-messages.js';
import { ArenaOutbox } from './arena-outbox.js';
import { IpcOutbox, type SendToParent } from './ipc-outbox.js';
import { loadPipeline } from './load-pipeline.js';
import type { Outbox } from './outbox.js';
import { dieWithParent } from './parent-death.js';
import { PassRunner } from './pass-runner.js';

const send = guardSend();

const pipe = new MessagePipe<ToProducer, FromProducer>(new Socket({ fd: messageFd }), {
  onMessage(message) {
    if (message.type === 'setup') void prepare(message);
    else if (message.type === 'close') void end(0);
    else follow(message);
  },
  onEnd: () => void end(1),
});

/** Undefined until the pipeline is built. */
let runner: PassRunner | undefined;
/** Orders that came through the pipe before that. */
const early: Order[] = [];

function follow(order: Order): void {
  if (runner) runner.onOrder(order);
  else early.push(order);
}

const tellEnd = (epoch: number, sent: number) => pipe.tell({ type: 'end', epoch, sent });

const sendToParent: SendToParent = (message, done) => {
  send(message, undefined, undefined, done);
};

/** Loads only the transport that is needed. */
async function attach({ kind, handle }: ArenaAddress): Promise<Arena> {
  if (kind === 'pool') {
    const { SegmentPool } = await import('@arena/transport-pool');
    return SegmentPool.attach(handle);
  }
  const { RingBuffer } = await import('@arena/transport-ring');
  return RingBuffer.attach(handle);
}

async function openOutbox(setup: Setup): Promise<Outbox> {
  if (setup.arena === undefined) return new IpcOutbox(sendToParent, setup, tellEnd);
  return new ArenaOutbox(await attach(setup.arena), setup.copyThreshold, tellEnd);
}

async function prepare(setup: Setup): Promise<void> {
  try {
    const pipeline = await loadPipeline(setup.moduleUrl, setup.args);
    // After the module is loaded: a writer that only comes and goes could end the arena's stream.
    const outbox = await openOutbox(setup);
    const made = new PassRunner(pipeline, outbox, (message) => pipe.tell(message));
    runner = made;
    if (setup.orders !== undefined) receiveOrders(setup.orders, follow);
    for (const order of early) follow(order);
  } catch (error) {
    await pipe.send({ type: 'unusable', error: encodeError(error) }).catch(() => {});
    process.exit(1);
  }
  pipe.tell({ type: 'ready' });
}

/** This is intentional: an explicit exit. Open handles of the module could keep the process alive. */
async function end(code: number): Promise<void> {
  await runner?.close();
  process.exit(code);
}

dieWithParent();
// This is intentional: a monitor and no handler. A handler would keep a broken process alive.
process.on('uncaughtExceptionMonitor', (error) => {
  // The code in the pipeline has a handler, which keeps the process alive.
  if (process.listenerCount('uncaughtException') > 0) return;
  pipe.tellNow({ type: 'crash', error: encodeError(error) }, messageFd);
});
