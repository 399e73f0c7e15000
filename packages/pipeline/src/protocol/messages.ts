/** What the two processes say about passes. Items go through the arena, or Node's IPC channel. */
import type { PackedItem } from '@arena/payloads';
import type { SentError } from './error-transfer.js';
import type { Order } from './orders.js';

export interface ArenaAddress {
  readonly kind: 'pool' | 'ring';
  readonly handle: string;
  /** Handle of the ring through which the producer hears of passes. */
  readonly orders: string;
}

/** The first message a producer gets. */
export interface Setup {
  readonly type: 'setup';
  readonly moduleUrl: string;
  /** Unpacked once the module is loaded, which may register the codecs for it. */
  readonly args: PackedItem;
  readonly arena: ArenaAddress | undefined;
  readonly copyThreshold: number | undefined;
  /** Without an arena: items sent and not yet taken. */
  readonly bufferSize: number;
  /** Without an arena: marks items among the messages of the code in the pipeline. */
  readonly token: string;
}

export type ToProducer =
  | Setup
  /** Without an arena. */
  | Order
  /** One item of the pass was taken. */
  | { readonly type: 'taken'; readonly epoch: number }
  | { readonly type: 'close' };

/**
 * How many items of the pass were sent before. Without an arena they come by another way than this
 * message, which may overtake them.
 */
interface AfterItems {
  readonly epoch: number;
  readonly sent: number;
}

export type FromProducer =
  | { readonly type: 'ready' }
  /** The pipeline could not be built; the producer ends. */
  | { readonly type: 'unusable'; readonly error: SentError }
  | ({ readonly type: 'end' } & AfterItems)
  | ({ readonly type: 'error'; readonly error: SentError } & AfterItems)
  /** A pass that was stopped has written its last unit. */
  | { readonly type: 'stopped'; readonly epoch: number }
  /** Nobody caught this error, and the producer is about to die of it. */
  | { readonly type: 'crash'; readonly error: SentError };

const epochCount = 2 ** 31;

// This is intentional: not from 0, so that units which an earlier process left behind in the same
// arena are not taken for units of a pass of this one.
let latestEpoch = Math.floor(Math.random() * epochCount);

/** Names a pass; no two passes of this process share one. */
export function nextEpoch(): number {
  latestEpoch = (latestEpoch + 1) % epochCount;
  return latestEpoch;
}

/** The 32-bit tag of a unit: its pass, and whether it is an item or the pass's end. */
export const itemTag = (epoch: number): number => epoch * 2;
export const endTag = (epoch: number): number => epoch * 2 + 1;
