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
  /** Of this writer alone; 0 is as fast as it goes. */
  readonly writesPerSecond: number;
  /** Records that go with one write. */
  readonly batch: number;
  /** Where in an interval this writer writes, from 0 to under 1, so that the writers take turns. */
  readonly phase: number;
}

/**
 * When a writer's writes are due. The schedule is fixed at the start. So a late write does not delay the
 * next one, and a writer that was held up catches up.
 */
export class Pacer {
  #writes = 0;
  readonly #intervalMs: number;

  constructor(private readonly pace: Pace) {
    const { writesPerSecond, batch } = pace;
    this.#intervalMs = writesPerSecond > 0 ? (1000 * batch) / writesPerSecond : 0;
  }

  /** When the next write is due, on the shared clock. */
  get due(): number {
    return this.pace.startAt + (this.#writes + this.pace.phase) * this.#intervalMs;
  }

  advance(): void {
    this.#writes += 1;
  }
}
