/** What native calls leave beside their status. Read right after the call: the next one overwrites it. */
import { results, type Status } from './native.js';

/** Numbers, and where each lies among them. */
export const { numbers, at } = results;
/** The numbers of each unit of a batch, and where each lies in a row. */
export const { rows, row, rowLength } = results;

const { apart } = results;

/** How a call ended that returned an ArrayBuffer, or none. */
export const statusLeft = (): Status => numbers[at.status] as Status;

/** Takes out the envelope that the call has made a buffer for, if it did. */
export function receivedEnvelope(): ArrayBuffer | undefined {
  const envelope = apart[0];
  if (envelope) apart[0] = undefined;
  return envelope;
}
