import type { WakeCoalescing } from './arena.js';
import { checkInteger, checkOptions } from './arguments.js';
import type { Attachment } from './attachment.js';
import type { NativeReader } from './native.js';
import type { Waitable } from './waiters.js';

export function checkCoalescing(value: WakeCoalescing | undefined): WakeCoalescing | undefined {
  if (value === undefined) return undefined;
  const { units, withinMs } = checkOptions(value);
  return {
    units: checkInteger('coalesce.units', units, 1, 2 ** 20),
    withinMs: checkInteger('coalesce.withinMs', withinMs, 1, 100),
  };
}

/**
 * Units that come faster are not worth waiting for: the wake-up itself takes some 30 us, in which the
 * writer brings several anyway, or runs out of space.
 */
const leastNanosecondsApart = 50_000;

/**
 * A reader's side of waiting. With `coalesce` a call asks for a ring at several units, provided that
 * the call before it waited neither long nor next to nothing: in a steady stream, that is, of units
 * that each would need a wake-up, and never for a lone unit.
 */
export function waitableOf(
  native: NativeReader,
  attachment: Attachment,
  coalesce: WakeCoalescing | undefined,
): Waitable {
  if (coalesce === undefined || coalesce.units === 1) {
    return {
      arm: () => native.arm(1),
      disarm: () => native.disarm(),
      addWait: (nanoseconds) => native.addWait(nanoseconds),
    };
  }
  const { units, withinMs } = coalesce;
  let streaming = false;
  let asked = 1;
  return {
    arm() {
      asked = streaming ? units : 1;
      const ready = native.arm(asked);
      if (streaming && !ready) attachment.native.lookWithin(withinMs);
      // Whoever asks once more in the same wait was woken for nothing.
      streaming = false;
      return ready;
    },
    disarm: () => native.disarm(),
    addWait(nanoseconds) {
      streaming = nanoseconds >= asked * leastNanosecondsApart && nanoseconds < withinMs * 1e6;
      native.addWait(nanoseconds);
    },
  };
}
