import { callers, type LeaseOrigins, recordEveryLease } from '../lease-origins.js';
import { durationText } from './duration.js';
import { emitWarning } from './emit-warning.js';
import type { HeldSegments } from './held-segments.js';

/** A warning names at most this many places. */
const mostPlaces = 5;

/** Whether this process has warned without a place in the program, and with one. */
const told = { plainly: false, withPlaces: false };

/**
 * Warns once that the segments of this process keep writers waiting, and names the places where the
 * program took its leases. Without recorded places this begins to record them, and warns once more.
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
  const text = `${factOf(held)} ${remedyOf(held)}${placesText(held, places)}`;
  emitWarning('ARENA_SEGMENTS_HELD', text, blocked);
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
    return ' This process has not recorded where it took its leases. From now on it does.';
  }
  const shown = places.slice(0, mostPlaces);
  const texts = shown.map(([place, times]) => `\n  ${times} of them here:\n${place}`);
  return ` It took its leases at these places:${texts.join('')}`;
}

/** Each place in the program, with the number of unreleased leases that were taken there. */
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
