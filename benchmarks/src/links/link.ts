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
   * Hands one message over. Returns a promise when it has to wait for that, and nothing otherwise.
   */
  sendOne(bytes: Uint8Array): Promise<void> | undefined;
  /**
   * Hands `count` messages over as fast as it can, rotating through `payloads`. Waits whenever the
   * link is full.
   *
   * @param fill False leaves a unit that is filled in place as it is found: its bytes are what the
   *   application would have written into its own memory otherwise, and cost the same there.
   */
  send(payloads: readonly Uint8Array[], count: number, fill: boolean): Promise<void>;
  close(): void;
}

/** How much was received between the first receipt and the last. */
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
  /** Blocks until there is a message; only arenas can. */
  nextSync?(): Message;
  /** Receives `count` messages as fast as it can. */
  receive(count: number, inspect?: Inspect): Promise<Receipt>;
  close(): void;
}

/** What both processes know of a link. */
export interface LinkSpec extends Series {
  readonly sizeBytes: number;
  /** Where the reading end finds it: an arena's handle, a socket's path; empty over Node's IPC. */
  readonly address: string;
  /** How long an arena's ends look before they park; 0 by default. */
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
