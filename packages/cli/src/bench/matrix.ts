import { totalmem } from 'node:os';
import { bytesOfMiB, type Cell, type Pacing, type Transport, unitsInFlight } from './cell.js';
import type { KindName } from './kinds.js';

export interface Matrix {
  readonly sizes: readonly number[];
  readonly kinds: readonly KindName[];
  readonly transports: readonly Transport[];
}

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];

/** Every cell of the sweep: sizes, then kinds, then transports, each in the order given, once. */
export function cellsOf({ sizes, kinds, transports }: Matrix): Cell[] {
  return unique(sizes).flatMap((sizeMiB) =>
    unique(kinds).flatMap((kind) =>
      unique(transports).map((transport) => ({ sizeMiB, kind, transport })),
    ),
  );
}

/**
 * A payload size in MiB from what was typed; fractions are welcome where they give whole elements.
 *
 * @throws {RangeError} Not a positive number of whole 4-byte elements.
 */
export function parseSizeMiB(input: string): number {
  const sizeMiB = input.trim() === '' ? Number.NaN : Number(input);
  if (!(sizeMiB > 0) || !Number.isFinite(sizeMiB)) {
    throw new RangeError(`a size is a positive number of MiB, not "${input}". Try 0.5, 2 or 32.`);
  }
  if (bytesOfMiB(sizeMiB) % 4 !== 0) {
    throw new RangeError(
      `a size must come to a multiple of 4 bytes: ${input} MiB is ${bytesOfMiB(sizeMiB)} bytes. Try 0.5, 2 or 32.`,
    );
  }
  return sizeMiB;
}

const memoryLimit = () => {
  const constrained = process.constrainedMemory?.() ?? 0;
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
};

/**
 * Makes sure that a size's payloads and arena can be held at all.
 *
 * @throws {RangeError} They need more memory than this machine has.
 */
export function checkMemory(sizeMiB: number, pacing: Pacing): void {
  const units = pacing.distinct + unitsInFlight(pacing.bufferSize);
  const needed = units * bytesOfMiB(sizeMiB);
  const limit = memoryLimit();
  if (needed <= limit) return;
  throw new RangeError(
    `payloads of ${sizeMiB} MiB need ${needed} bytes (${units} of them at once), this machine has ${limit}. ` +
      'Lower --sizes, --distinct or --buffer-size.',
  );
}
