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
 * A reader's side of waiting. With `coalesce` a call asks for a ring at several units, provided that
 * the call before it did not wait long: in a steady stream, that is, and never for a lone unit.
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
  return {
    arm() {
      const ready = native.arm(streaming ? units : 1);
      if (streaming && !ready) attachment.native.lookWithin(withinMs);
      // Whoever asks once more in the same wait was woken for nothing.
      streaming = false;
      return ready;
    },
    disarm: () => native.disarm(),
    addWait(nanoseconds) {
      streaming = nanoseconds < withinMs * 1e6;
      native.addWait(nanoseconds);
    },
  };
}
