/**
 * Orders of the consumer to its producer: start a pass, stop it, send more of it. They go through a
 * small ring of their own. A message through a pipe takes as much of its sender's CPU as several items,
 * and wakes a producer that is at work. Where there is no shared memory, orders go through the pipe.
 */
import { isSupported, type Lease, type Writer } from '@arena/shm-core';
import { RingBuffer } from '@arena/transport-ring';

export type Order =
  | { readonly type: 'start'; readonly epoch: number }
  /** The pass was left: no more of its items are wanted. */
  | { readonly type: 'stop'; readonly epoch: number }
  /** Without an arena: how many items of the pass were taken so far. */
  | { readonly type: 'taken'; readonly epoch: number; readonly count: number };

const orderTypes = ['start', 'stop', 'taken'] as const;
const orderWords = 3;
/** Much more room than needed, because few orders are unread at a time. */
const ringBytes = 4096;

/** The consumer's end. */
export interface OrderSender {
  /** The producer attaches to this ring. Undefined: orders come through the pipe. */
  readonly handle: string | undefined;
  tell(order: Order): void;
  close(): void;
}

/** @param tellByPipe Sends an order through the pipe. */
export function openOrders(tellByPipe: (order: Order) => void): OrderSender {
  if (isSupported()) return new OrderRing();
  return { handle: undefined, tell: tellByPipe, close: () => {} };
}

class OrderRing implements OrderSender {
  readonly #ring = RingBuffer.create({ capacity: ringBytes, maxPeers: 2, writers: 1 });
  readonly #writer: Writer = this.#ring.writer();
  readonly #words = new Uint32Array(orderWords);
  readonly #bytes = new Uint8Array(this.#words.buffer);

  get handle(): string {
    return this.#ring.handle;
  }

  tell(order: Order): void {
    this.#words[0] = orderTypes.indexOf(order.type);
    this.#words[1] = order.epoch;
    this.#words[2] = order.type === 'taken' ? order.count : 0;
    this.#writer.writeSync(this.#bytes);
  }

  close(): void {
    this.#ring.close();
  }
}

/** The producer's end: calls `onOrder` for each order until the consumer has closed or is gone. */
export function receiveOrders(handle: string, onOrder: (order: Order) => void): void {
  const reader = RingBuffer.attach(handle).reader({ from: 'oldest' });
  const receive = async () => {
    for (let unit = await reader.read(); unit !== null; unit = await reader.read()) {
      onOrder(orderIn(unit));
    }
  };
  // The message pipe reports the end of the consumer.
  receive().catch(() => {});
}

function orderIn(unit: Lease): Order {
  const [type = 0, epoch = 0, count = 0] = new Uint32Array(unit.bytes.slice().buffer);
  unit.release();
  return { type: orderTypes[type] ?? 'stop', epoch, count };
}
