/** What the functions of this package take, checked before native code sees it. */
import { invalidRange, invalidType } from '@arena/shm-core';

export function checkObject(name: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) {
    throw invalidType(`${name} is ${value === null ? 'null' : typeof value}; it takes an object`);
  }
}

export function checkInteger(name: string, value: unknown, least: number, most: number): number {
  if (typeof value !== 'number') throw invalidType(`${name} is ${typeof value}; it takes a number`);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw invalidRange(`${name} is ${value}; it takes a whole number of ${least} to ${most}`);
  }
  return value;
}

export function checkNumber(name: string, value: unknown, least: number, most: number): number {
  if (typeof value !== 'number') throw invalidType(`${name} is ${typeof value}; it takes a number`);
  if (!(value >= least && value <= most)) {
    throw invalidRange(`${name} is ${value}; it takes ${least} to ${most}`);
  }
  return value;
}

export function checkSignal(signal: unknown): AbortSignal | undefined {
  if (signal === undefined || signal instanceof AbortSignal) return signal;
  throw invalidType('signal takes an AbortSignal');
}

/**
 * Memory that native code may work on for a while: nobody can shrink it under its feet.
 *
 * @throws {TypeError} `value` is no Uint8Array, or lies in a resizable ArrayBuffer.
 */
export function checkBytes(name: string, value: unknown): Uint8Array {
  if (!(value instanceof Uint8Array)) throw invalidType(`${name} takes a Uint8Array`);
  if ((value.buffer as { resizable?: boolean }).resizable) {
    throw invalidType(`${name} lies in a resizable ArrayBuffer; pass one of a fixed length`);
  }
  return value;
}

export function checkRoom(name: string, target: Uint8Array, needed: number): void {
  if (target.byteLength < needed) {
    throw invalidRange(`${name} needs ${needed} bytes, the target has ${target.byteLength}`);
  }
}
