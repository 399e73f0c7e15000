import type { KindName } from './kinds.js';

export const transports = ['no-arena', 'ring', 'pool'] as const;

export type Transport = (typeof transports)[number];

/** One configuration of the sweep. */
export interface Cell {
  readonly sizeMiB: number;
  readonly kind: KindName;
  readonly transport: Transport;
}

/** How every cell of a sweep is run. */
export interface Pacing {
  /** Items in a timed pass. */
  readonly numItems: number;
  /** The pipeline's sink buffer; an arena holds two units more. */
  readonly bufferSize: number;
  /** Timed passes, where `durationSec` is 0. */
  readonly runs: number;
  /** Repeats timed passes for this long instead of `runs` times. */
  readonly durationSec: number;
  /** Different payloads that the source rotates through. */
  readonly distinct: number;
}

/** What a cell's passes took. */
export interface CellResult {
  readonly payloadBytes: number;
  readonly long: { readonly items: number; readonly seconds: readonly number[] };
  readonly short: { readonly items: number; readonly seconds: readonly number[] };
  /** CPU over the timed passes, the long ones. */
  readonly producerCpuSeconds: number;
  readonly consumerCpuSeconds: number;
  /** Most memory of both processes together, shared pages counted once. */
  readonly peakMemoryBytes: number;
}

export const bytesOfMiB = (sizeMiB: number): number => sizeMiB * 2 ** 20;

/** Units that can be under way at once, with either arena. */
export const unitsInFlight = (bufferSize: number): number => bufferSize + 2;

export const nameOf = (cell: Cell): string => `${cell.kind} ${cell.sizeMiB} MiB ${cell.transport}`;
