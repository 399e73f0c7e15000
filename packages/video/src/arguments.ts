/** Checks of arguments that only this package needs. */
import { checkBytes, checkNumber, invalidRange, invalidType } from '@arena/shm-core/internal';

/** Checks a number, fractions included. */
export function checkWithin(name: string, value: unknown, least: number, most: number): number {
  const number = checkNumber(name, value);
  if (number >= least && number <= most) return number;
  throw invalidRange(`${name} must be ${least} to ${most}, got ${number}.`);
}

/**
 * Checks memory that native code will use: it must be memory that cannot shrink during the call.
 *
 * @throws {TypeError} `value` is no Uint8Array, or lies in a resizable ArrayBuffer.
 */
export function checkFixedBytes(name: string, value: unknown): Uint8Array {
  const bytes = checkBytes(name, value);
  if ((bytes.buffer as { resizable?: boolean }).resizable) {
    throw invalidType(`${name} lies in a resizable ArrayBuffer. Pass one of a fixed length.`);
  }
  return bytes;
}

/** @param what Names the bytes that are written into `target`. */
export function checkRoom(what: string, target: Uint8Array, needed: number): void {
  if (target.byteLength >= needed) return;
  throw invalidRange(`${what} needs ${needed} bytes, the target has ${target.byteLength}.`);
}
