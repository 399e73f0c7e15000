/** What stands in for the addon where there is none. Importing works, and the first use fails. */
import type { NativeAddon } from '../native-types.js';
import { version } from '../version.js';

/**
 * @param fail Throws the error that says why there is no addon.
 * @returns An addon whose calls and constants fail, except those that every runtime can do by itself.
 */
export function standIn(fail: () => never): NativeAddon {
  const failing = new Proxy({}, { get: fail });
  // Modules read the limits when they are loaded.
  const limits = new Proxy({}, { get: () => Number.MAX_SAFE_INTEGER });
  return {
    version,
    Attachment: failingClass(fail),
    initialize: () => {},
    detach,
    isDetached,
    copyBytes: (to: Uint8Array, from: Uint8Array) => to.set(from),
    holdUnitOf: () => undefined,
    turnIsDue: () => false,
    turned: () => {},
    yieldCpu: () => {},
    listNamed: fail,
    sweepNamed: fail,
    availableMemory: fail,
    inspect: fail,
    results: noResults,
    constants: { status: failing, kind: failing, whenFull: failing, from: failing, limits },
  } as unknown as NativeAddon;
}

/** No call leaves a result, so nothing reads these. */
const noResults = {
  numbers: new Float64Array(0),
  rows: new Uint32Array(0),
  apart: [undefined],
  at: {},
  row: {},
  rowLength: 0,
};

const failingClass = (fail: () => never) =>
  class {
    constructor() {
      fail();
    }
  };

function detach(buffer: ArrayBuffer): boolean {
  if (isDetached(buffer)) return false;
  try {
    structuredClone(buffer, { transfer: [buffer] });
    return true;
  } catch {
    return false;
  }
}

function isDetached(buffer: ArrayBuffer): boolean {
  try {
    new Uint8Array(buffer);
    return false;
  } catch {
    return true;
  }
}
