import { describe } from 'vitest';
import { describeCallbacks } from './conformance/callbacks.js';
import { describeClosing } from './conformance/closing.js';
import { describeCoalescing } from './conformance/coalescing.js';
import { describeCollection } from './conformance/collection.js';
import { describeEndOfStream } from './conformance/end-of-stream.js';
import { describeEventLoop } from './conformance/event-loop.js';
import { describeHandles } from './conformance/handles.js';
import { describeHolds } from './conformance/holds.js';
import { describeLeases } from './conformance/leases.js';
import { describeLoss } from './conformance/loss.js';
import { describeMisuse } from './conformance/misuse.js';
import { describeMoving } from './conformance/moving.js';
import { describeNames } from './conformance/names.js';
import { describeOneThread } from './conformance/one-thread.js';
import { describePlaces } from './conformance/places.js';
import { describeReading } from './conformance/reading.js';
import { describeStats } from './conformance/stats.js';
import { describeTermination } from './conformance/termination.js';
import { describeTurns } from './conformance/turns.js';
import { describeUnits } from './conformance/units.js';
import { describeWaiting } from './conformance/waiting.js';
import { describeWritingMany } from './conformance/writing-many.js';
import { Stage } from './stage.js';
import type { Transport } from './transport.js';

const parts = {
  units: describeUnits,
  reading: describeReading,
  leases: describeLeases,
  'moving the memory of': describeMoving,
  'a unit that native code fills': describeHolds,
  waiting: describeWaiting,
  'a unit or several units': describeWritingMany,
  'coalesced wake-ups': describeCoalescing,
  'a writer in the thread of its reader': describeOneThread,
  'end of stream': describeEndOfStream,
  closing: describeClosing,
  misuse: describeMisuse,
  'code of the program in the middle of a call': describeCallbacks,
  handles: describeHandles,
  names: describeNames,
  places: describePlaces,
  termination: describeTermination,
  loss: describeLoss,
  'event loop': describeEventLoop,
  'turns of the event loop': describeTurns,
  'garbage collection': describeCollection,
  stats: describeStats,
};

export type ConformancePart = keyof typeof parts;

/** Tests that a transport keeps the contract, or the named parts of it. */
export function describeTransport(
  transport: Transport,
  named: readonly ConformancePart[] = Object.keys(parts) as ConformancePart[],
): void {
  describe(transport.name, () => {
    const stage = new Stage(transport);
    for (const part of named) describe(part, () => parts[part](stage));
  });
}
