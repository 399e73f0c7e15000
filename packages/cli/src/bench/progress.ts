import { SingleBar } from 'cli-progress';
import { bytesOfMiB, type Cell, nameOf, type Pacing } from './cell.js';

/** Told what the benchmark is at. */
export interface Progress {
  start(cells: readonly Cell[]): void;
  begin(cell: Cell): void;
  pass(done: number, passes: number | undefined): void;
  end(cell: Cell): void;
  stop(): void;
}

/** Roughly how long an item of the same size takes: no more than the time left is estimated with it. */
const slowness = { 'no-arena': 40, ring: 3, pool: 1 } as const;

/** Starting two processes and filling the payloads, in the same measure. */
const startUpWork = 2 ** 33;

/** Work of a cell in bytes moved by the pool. */
const workOf = (cell: Cell, pacing: Pacing) =>
  startUpWork +
  (pacing.durationSec > 0
    ? 0
    : slowness[cell.transport] * bytesOfMiB(cell.sizeMiB) * pacing.numItems * pacing.runs);

/** `95 s` as `1 min 35 s`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Seconds left, at the rate of the work so far. */
export const secondsLeft = (
  elapsedSeconds: number,
  done: number,
  total: number,
): number | undefined => (done > 0 ? (elapsedSeconds * (total - done)) / done : undefined);

const silent: Progress = { start() {}, begin() {}, pass() {}, end() {}, stop() {} };

class Bar implements Progress {
  readonly #pacing: Pacing;
  // This is intentional: two repaints a second. The bar's timer runs in the consumer's event loop.
  readonly #bar = new SingleBar({
    format: '{bar} {count}  {cell}  {left}',
    stream: process.stderr,
    fps: 2,
    barsize: 24,
    clearOnComplete: true,
    // Its handler would keep SIGINT from ending the process; nothing is changed that had to be undone.
    gracefulExit: false,
    hideCursor: false,
    linewrap: true,
    barCompleteChar: '█',
    barIncompleteChar: '░',
  });
  #startedAt = 0;
  #total = 0;
  #done = 0;
  #cells = 0;
  #ended = 0;
  #current = 0;

  constructor(pacing: Pacing) {
    this.#pacing = pacing;
  }

  start(cells: readonly Cell[]) {
    this.#total = cells.reduce((work, cell) => work + workOf(cell, this.#pacing), 0);
    this.#cells = cells.length;
    this.#startedAt = performance.now();
    this.#bar.start(this.#total, 0, {
      count: `0 of ${cells.length}`,
      cell: 'measuring the copy limit',
      left: '',
    });
  }

  begin(cell: Cell) {
    this.#current = workOf(cell, this.#pacing);
    this.#show(0, { count: `${this.#ended + 1} of ${this.#cells}`, cell: nameOf(cell) });
  }

  pass(done: number, passes: number | undefined) {
    if (passes !== undefined) this.#show((this.#current * done) / (passes + 1));
  }

  end() {
    this.#done += this.#current;
    this.#ended += 1;
    this.#show(0);
  }

  stop() {
    this.#bar.stop();
  }

  #show(partial: number, payload: object = {}) {
    const done = this.#done + partial;
    const left = secondsLeft((performance.now() - this.#startedAt) / 1000, done, this.#total);
    this.#bar.update(done, {
      ...payload,
      left: left === undefined ? '' : `about ${formatSeconds(left)} left`,
    });
  }
}

/** Progress on stderr when it is a terminal, nothing otherwise. */
export const progressFor = (pacing: Pacing): Progress =>
  process.stderr.isTTY ? new Bar(pacing) : silent;
