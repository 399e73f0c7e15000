import type { WakeCoalescing } from './arena.js';
import { integer } from './arguments.js';
import type { Attachment } from './attachment.js';
import type { NativeReader } from './native.js';
import { Options, required } from './options.js';
import type { Waitable } from './waiters.js';

const coalescing = new Options<WakeCoalescing>({
  units: required(integer(1, 2 ** 20)),
  withinMs: required(integer(1, 100)),
});

export const checkCoalescing = (name: string, value: unknown): WakeCoalescing =>
  coalescing.check(value as WakeCoalescing, name);

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
