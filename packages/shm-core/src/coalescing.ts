import type { WakeCoalescing } from './arena.js';
import { integer } from './arguments.js';
import type { Attachment } from './attachment.js';
import { type NativeReader, Status } from './native.js';
import { Options, required } from './options.js';
import type { Waitable } from './waiters.js';

const coalescing = new Options<WakeCoalescing>({
  units: required(integer(1, 2 ** 20)),
  withinMs: required(integer(1, 100)),
});

export const checkCoalescing = (name: string, value: unknown): WakeCoalescing =>
  coalescing.check(value as WakeCoalescing, name);

/**
 * For units that come faster, coalescing saves nothing: a wake-up takes some 30 us, and meanwhile the
 * writer commits several units, or runs out of space.
 */
const leastNanosecondsApart = 50_000;

/**
 * How a reader waits. With `coalesce` a call asks for a ring at several units, but only when the call
 * before it waited neither long nor hardly at all. So wake-ups are coalesced in a steady stream whose
 * units would each need a wake-up, and never for a single unit.
 */
export function waitableOf(
  native: NativeReader,
  attachment: Attachment,
  coalesce: WakeCoalescing | undefined,
): Waitable {
  if (coalesce === undefined || coalesce.units === 1) {
    return {
      arm: () => native.arm(1) === Status.ok,
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
      const ready = native.arm(asked) === Status.ok;
      if (streaming && !ready) attachment.native.lookWithin(withinMs);
      // A second arm() in the same wait means that the wake-up was useless.
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
