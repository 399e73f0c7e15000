/** Messages through the pipe. Items go through the arena or Node's IPC channel; for orders see orders.ts. */
import type { PackedItem } from '@arena/payloads';
import type { SentError } from './error-transfer.js';
import type { Order } from './orders.js';

export interface ArenaAddress {
  readonly kind: 'pool' | 'ring';
  readonly handle: string;
}

/** The first message a producer gets. */
export interface Setup {
  readonly type: 'setup';
  readonly moduleUrl: string;
  /** Unpacked after the module is loaded: the module may register the codecs for it. */
  readonly args: PackedItem;
  readonly arena: ArenaAddress | undefined;
  /** Handle of the ring through which orders come. Undefined: they come through the pipe. */
  readonly orders: string | undefined;
  readonly copyThreshold: number | undefined;
  /** Without an arena: how many items may be sent and not yet taken. */
  readonly bufferSize: number;
  /** Without an arena: tells items from the messages of the code in the pipeline. */
  readonly token: string;
}

export type ToProducer = Setup | Order | { readonly type: 'close' };

/**
 * How many items of the pass were sent before this message. Without an arena the message may overtake
 * them, since they go through another channel.
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
  /** A stopped pass has written its last unit. */
  | { readonly type: 'stopped'; readonly epoch: number }
  /** An uncaught error, which is about to end the producer. */
  | { readonly type: 'crash'; readonly error: SentError };

const epochCount = 2 ** 31;

// This is intentional: it does not start at 0. Units that an earlier process left behind in the arena
// must not be taken for units of this process's passes.
let latestEpoch = Math.floor(Math.random() * epochCount);

/** Names a pass; no two passes of this process share one. */
export function nextEpoch(): number {
  latestEpoch = (latestEpoch + 1) % epochCount;
  return latestEpoch;
}

/** The 32-bit tag of a unit: its pass, and whether it is an item or the pass's end. */
export const itemTag = (epoch: number): number => epoch * 2;
export const endTag = (epoch: number): number => epoch * 2 + 1;
