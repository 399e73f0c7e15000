/**
 * What the two processes say over Node's IPC channel. With an arena, items go through that, and
 * orders through a ring; without one, both go this way as well.
 */
import type { PackedItem } from '@arena/payloads';
import type { SentError } from './error-transfer.js';
import type { Order } from './orders.js';

export interface ArenaAddress {
  readonly kind: 'pool' | 'ring';
  readonly handle: string;
  /** Of the ring through which the worker hears of passes. */
  readonly orders: string;
}

/** The first message a worker gets. */
export interface Setup {
  readonly type: 'setup';
  readonly moduleUrl: string;
  readonly args: unknown;
  readonly arena: ArenaAddress | undefined;
  readonly copyThreshold: number | undefined;
  /** Without an arena: items sent and not yet taken. */
  readonly bufferSize: number;
}

export type ToWorker =
  | Setup
  /** Without an arena. */
  | Order
  /** One item of the pass was taken. */
  | { readonly type: 'taken'; readonly epoch: number }
  | { readonly type: 'close' };

export type FromWorker =
  | { readonly type: 'ready' }
  /** The pipeline could not be built; the worker ends. */
  | { readonly type: 'unusable'; readonly error: SentError }
  | { readonly type: 'item'; readonly epoch: number; readonly item: unknown }
  /** An item that structured clone would not keep. */
  | { readonly type: 'packed-item'; readonly epoch: number; readonly item: PackedItem }
  | { readonly type: 'end'; readonly epoch: number }
  | { readonly type: 'error'; readonly epoch: number; readonly error: SentError }
  /** A pass that was stopped has written its last unit. */
  | { readonly type: 'stopped'; readonly epoch: number }
  /** Nobody caught this error, and the worker is about to die of it. */
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
