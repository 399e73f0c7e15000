/** The results of native calls beside their status. Read them right after the call: the next call overwrites them. */
import { results, type Status } from './native.js';

/** The numbers, and the index of each. */
export const { at } = results;
// Named, because TypeScript before 5.7 does not know the type that newer versions infer.
export const numbers: Float64Array = results.numbers;
/** A row of numbers for each unit of a batch, and the index of each number in a row. */
export const { row, rowLength } = results;
export const rows: Uint32Array = results.rows;

const { apart } = results;

/** The status of a call that returns an ArrayBuffer or undefined. */
export const statusLeft = (): Status => numbers[at.status] as Status;

/** Takes out the envelope, if the call has made a buffer for it. Kept there, it could not be collected. */
export function receivedEnvelope(): ArrayBuffer | undefined {
  const envelope = apart[0];
  if (envelope) apart[0] = undefined;
  return envelope;
}
