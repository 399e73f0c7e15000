import type { Series } from './transports.js';

/** A message that has arrived. */
export interface Message {
  /** Valid until `release`, or until the next message is asked for. */
  readonly bytes: Uint8Array;
  release(): void;
}

/** The end of a link between two processes at which messages go in. */
export interface WritingEnd {
  /**
   * Sends one message. Returns a promise when the call has to wait, otherwise undefined.
   */
  sendOne(bytes: Uint8Array): Promise<void> | undefined;
  /**
   * Sends `count` messages as fast as possible, rotating through `payloads`. Waits whenever the link is full.
   *
   * @param fill False leaves the bytes of a unit in place unwritten. An application would compute these bytes
   *   in any case, at the same cost.
   */
  send(payloads: readonly Uint8Array[], count: number, fill: boolean): Promise<void>;
  close(): void;
}

/** The messages between the first receipt and the last. */
export interface Receipt {
  /** Messages, without those that came together with the first. */
  readonly messages: number;
  readonly seconds: number;
}

/** Gets every message while it is valid. */
export type Inspect = (bytes: Uint8Array, index: number) => void;

/** The end at which messages come out. */
export interface ReadingEnd {
  next(): Promise<Message>;
  /** Blocks until a message has arrived. Only arenas have this. */
  nextSync?(): Message;
  /** Receives `count` messages as fast as it can. */
  receive(count: number, inspect?: Inspect): Promise<Receipt>;
  close(): void;
}

/** The description of a link for both processes. */
export interface LinkSpec extends Series {
  readonly sizeBytes: number;
  /** The address for the reading end: an arena's handle or a socket's path; empty over Node's IPC. */
  readonly address: string;
  /** Time for which an arena's ends spin before they sleep; 0 by default. */
  readonly spinMicroseconds?: number | undefined;
}

/** Bytes of messages under way. They keep both ends busy, and fit into the cache. */
const wantedBytes = 2 ** 23;
/** The largest queue that a pool can have. */
const maxQueueBytes = 2 ** 27;

/** A message's bytes, rounded up as in an arena. */
const roundedBytes = (sizeBytes: number) => Math.ceil(sizeBytes / 64) * 64;

/** Messages that every link has room for. */
export const roomFor = (sizeBytes: number): number =>
  Math.min(
    Math.max(8, Math.min(1024, Math.floor(wantedBytes / sizeBytes))),
    Math.floor(maxQueueBytes / roundedBytes(sizeBytes)),
  );

/** Bytes that so many messages take in an arena. */
export const roomBytesFor = (sizeBytes: number): number =>
  roomFor(sizeBytes) * roundedBytes(sizeBytes);

/** Times the receipts from the first to the last. */
export class ReceiptClock {
  #received = 0;
  #first = 0;
  #since = 0;

  constructor(private readonly count: number) {}

  get received(): number {
    return this.#received;
  }

  /** Adds `messages` that came at once; true when all have come. */
  add(messages: number): boolean {
    if (this.#received === 0) {
      this.#since = performance.now();
      this.#first = messages;
    }
    this.#received += messages;
    return this.#received >= this.count;
  }

  /** Ends the measurement now. */
  stop(): Receipt {
    return {
      messages: this.#received - this.#first,
      seconds: (performance.now() - this.#since) / 1000,
    };
  }
}
