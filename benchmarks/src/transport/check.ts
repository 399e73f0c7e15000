import { availableMemory } from '@arena/shm-core';
import { bytesOfMiB, type TransportConfig, unitsInFlight } from './config.js';

/**
 * Makes sure that the payloads of every size and their arena can be held at all.
 *
 * @throws {RangeError} They need more memory than this machine has.
 */
export function check({ matrix, pacing }: TransportConfig): void {
  const available = availableMemory();
  for (const sizeMiB of matrix.sizes) {
    const units = pacing.distinct + unitsInFlight(pacing.bufferSize);
    const needed = units * bytesOfMiB(sizeMiB);
    if (needed <= available) continue;
    throw new RangeError(
      `payloads of ${sizeMiB} MiB need ${needed} bytes (${units} of them at once), this machine has ${available} to spare. ` +
        'Lower --sizes, --distinct or --buffer-size.',
    );
  }
}
