import { setTimeout as sleep } from 'node:timers/promises';
import { sharedNow } from './clock.js';

/** `setTimeout` counts whole milliseconds and is up to one millisecond late. */
const timerMs = 2;

const cell = new Int32Array(new SharedArrayBuffer(4));

/** Waits until `at` on the shared clock, within some tens of microseconds, without a busy core. */
export async function sleepUntil(at: number): Promise<void> {
  const early = Math.floor(at - sharedNow() - timerMs);
  if (early > 0) await sleep(early);
  const left = at - sharedNow();
  if (left > 0) Atomics.wait(cell, 0, 0, left);
}

export interface Pace {
  /** On the shared clock, in milliseconds. */
  readonly startAt: number;
  /** Rate of this writer alone; 0 is as fast as possible. */
  readonly writesPerSecond: number;
  /** Records that go with one write. */
  readonly batch: number;
  /** The place in the interval at which this writer writes, from 0 to under 1. So the writers take turns. */
  readonly phase: number;
}

/**
 * The times of a writer's writes. The schedule is fixed at the start. So a late write does not delay the next
 * write, and a late writer catches up.
 */
export class Pacer {
  #writes = 0;
  readonly #intervalMs: number;

  constructor(private readonly pace: Pace) {
    const { writesPerSecond, batch } = pace;
    this.#intervalMs = writesPerSecond > 0 ? (1000 * batch) / writesPerSecond : 0;
  }

  /** Time of the next write, on the shared clock. */
  get due(): number {
    return this.pace.startAt + (this.#writes + this.pace.phase) * this.#intervalMs;
  }

  advance(): void {
    this.#writes += 1;
  }
}
