/** The options of the transport benchmark. */
import type { Step } from '../kit/progress.js';
import { type KindName, kindNames } from './kinds.js';

export const transports = ['no-arena', 'ring', 'pool'] as const;

export type Transport = (typeof transports)[number];

/** Every combination of these is measured. */
export interface Matrix {
  /** In MiB. */
  readonly sizes: readonly number[];
  readonly kinds: readonly KindName[];
  readonly transports: readonly Transport[];
}

/** One configuration of the matrix. */
export interface Cell {
  readonly sizeMiB: number;
  readonly kind: KindName;
  readonly transport: Transport;
}

/** The options of every cell. */
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

export interface TransportConfig {
  readonly matrix: Matrix;
  readonly pacing: Pacing;
  /** Each cell in a fresh process, one at a time. */
  readonly isolate: boolean;
  /** Idle time between cells. */
  readonly gapSec: number;
}

export const defaultConfig: TransportConfig = {
  matrix: { sizes: [2, 8, 32], kinds: kindNames, transports },
  pacing: { numItems: 300, bufferSize: 3, runs: 3, durationSec: 0, distinct: 4 },
  isolate: false,
  gapSec: 0,
};

export const bytesOfMiB = (sizeMiB: number): number => sizeMiB * 2 ** 20;

/** Units that can be under way at once, with either arena. */
export const unitsInFlight = (bufferSize: number): number => bufferSize + 2;

export const nameOf = (cell: Cell): string => `${cell.kind} ${cell.sizeMiB} MiB ${cell.transport}`;

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];

/** Every cell of the matrix: sizes, then kinds, then transports, each in the order given, once. */
export function cellsOf({ sizes, kinds, transports }: Matrix): Cell[] {
  return unique(sizes).flatMap((sizeMiB) =>
    unique(kinds).flatMap((kind) =>
      unique(transports).map((transport) => ({ sizeMiB, kind, transport })),
    ),
  );
}

/**
 * Approximate duration of an item of the same size, relative to the others. The remaining time is estimated
 * with it.
 */
const slowness = { 'no-arena': 40, ring: 3, pool: 1 } as const;

/** Duration of starting two processes and filling the payloads, in the same unit. */
const startUpWork = 2 ** 33;

/** A cell as a step. Its work is given in bytes that the pool would move in that time. */
export const stepOf = (cell: Cell, { durationSec, numItems, runs }: Pacing): Step => ({
  name: nameOf(cell),
  work:
    startUpWork +
    (durationSec > 0 ? 0 : slowness[cell.transport] * bytesOfMiB(cell.sizeMiB) * numItems * runs),
});

/**
 * Reads a payload size in MiB, which may be a fraction that gives whole elements.
 *
 * @throws {RangeError} Not a positive number of whole 4-byte elements.
 */
export function parseSizeMiB(input: string): number {
  const sizeMiB = input.trim() === '' ? Number.NaN : Number(input);
  if (!(sizeMiB > 0) || !Number.isFinite(sizeMiB)) {
    const number = /^\s*([\d.]+)\s*M/i.exec(input)?.[1];
    const advice = number === undefined ? 'Try 0.5, 2 or 32.' : `Did you mean ${number}?`;
    throw new RangeError(`a size is a positive number of MiB, not "${input}". ${advice}`);
  }
  if (bytesOfMiB(sizeMiB) % 4 !== 0) {
    throw new RangeError(
      `a size must come to a multiple of 4 bytes: ${input} MiB is ${bytesOfMiB(sizeMiB)} bytes. Try 0.5, 2 or 32.`,
    );
  }
  return sizeMiB;
}
