import { setImmediate as turn } from 'node:timers/promises';

/** Longest work before messages, signals and timers are served. */
const maxWorkMs = 50;

/** Lets the event loop run now and then within a loop that never waits. */
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
