import { callers, type LeaseOrigins, recordEveryLease } from '../lease-origins.js';
import { durationText } from './duration.js';
import type { HeldSegments } from './held-segments.js';

/** Places that a warning names. */
const mostPlaces = 5;

/** What has been told: once without a place in the program, and once with one. */
const told = { plainly: false, withPlaces: false };

/**
 * Warns once in this process that it keeps others waiting by what it holds, and where it took that.
 * Where this was not recorded, it is from then on, and told the next time.
 */
export function warnOfHeldSegments(
  held: HeldSegments,
  origins: ReadonlySet<LeaseOrigins>,
  blocked: boolean,
): void {
  recordEveryLease();
  const places = placesOf(origins);
  if (told.withPlaces || (told.plainly && places.length === 0)) return;
  told.plainly = true;
  told.withPlaces = places.length > 0;
  emit(`${factOf(held)} ${remedyOf(held)}${placesText(held, places)}`, blocked);
}

function factOf({ total, leased, open, oldestMs, waitingMs }: HeldSegments): string {
  const what = [leased > 0 && `${leased} leased`, open > 0 && `${open} open`].filter((one) => one);
  return `Writers have waited for ${durationText(waitingMs)} for a segment of a pool. This process holds ${leased + open} of its ${total} segments (${what.join(', ')}), the oldest for ${durationText(oldestMs)}.`;
}

const remedyOf = ({ leased }: HeldSegments): string =>
  leased > 0
    ? 'Call release(), or use `using`, as soon as a lease is done with; or create the pool with more segments.'
    : 'Call commit() or abort() on every unit; or create the pool with more segments.';

function placesText({ leased }: HeldSegments, places: readonly [string, number][]): string {
  if (leased === 0) return '';
  if (places.length === 0) {
    return ' Where its leases were taken was not recorded; from now on it is.';
  }
  const shown = places.slice(0, mostPlaces);
  const texts = shown.map(([place, times]) => `\n  ${times} of them\n${place}`);
  return ` Of its leases were taken${texts.join('')}`;
}

/** Each place in the program, and how many leases that are out were taken there. */
function placesOf(origins: ReadonlySet<LeaseOrigins>): [string, number][] {
  const places = new Map<string, number>();
  for (const some of origins) {
    for (const stack of some.stacks()) {
      const place = callers(stack);
      if (place !== '') places.set(place, (places.get(place) ?? 0) + 1);
    }
  }
  return [...places].sort(([, a], [, b]) => b - a);
}

function emit(message: string, blocked: boolean): void {
  const options = { type: 'ArenaWarning', code: 'ARENA_SEGMENTS_HELD' };
  if (!blocked) {
    process.emitWarning(message, options);
    return;
  }
  // A warning that is emitted as usual comes in the next turn of the event loop, and so never.
  const warning = Object.assign(new Error(message), { name: options.type, code: options.code });
  try {
    process.emit('warning', warning);
  } catch {
    // A listener's error is not this call's.
  }
}
