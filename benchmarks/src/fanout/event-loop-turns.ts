import { setImmediate as turn } from 'node:timers/promises';

/** Longest work without a look at messages, signals and timers. */
const maxWorkMs = 50;

/** Lets a loop that never waits give way now and then. */
export class EventLoopTurns {
  #last: number;

  constructor(now: number) {
    this.#last = now;
  }

  due(now: number): boolean {
    return now - this.#last >= maxWorkMs;
  }

  async take(now: number): Promise<void> {
    await turn();
    this.#last = now;
  }
}
