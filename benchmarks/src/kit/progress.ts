/** Shows the progress of an experiment on stderr. */
import { SingleBar } from 'cli-progress';

/** One measurement of an experiment. */
export interface Step {
  readonly name: string;
  /** Its duration relative to the other steps, in any unit. */
  readonly work: number;
}

/** Gets the progress of an experiment. */
export interface Progress {
  start(steps: readonly Step[]): void;
  begin(step: Step): void;
  /** The finished share of the step, from 0 to 1. */
  advance(share: number): void;
  end(step: Step): void;
  /** A step, or another wanted part, is left out. */
  skip(what: string, reason: string): void;
  /** A line about the present activity. */
  say(line: string): void;
  stop(): void;
}

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

/** Without a terminal: prints only the parts that are left out. */
class Lines implements Progress {
  start(_: readonly Step[]) {}
  begin(_: Step) {}
  advance(_: number) {}
  end(_: Step) {}
  stop() {}

  skip(what: string, reason: string) {
    this.say(`skipped ${what}: ${reason}`);
  }

  say(line: string) {
    process.stderr.write(`${line}\n`);
  }
}

const clearLine = '\r\u001b[K';

/** Columns that the texts beside the bar take at most. */
const textColumns = 60;

const barColumns = () => Math.max(4, Math.min(24, (process.stderr.columns || 80) - textColumns));

/** A bar over all steps. */
class Bar extends Lines {
  // This is intentional: two repaints a second. The bar's timer may run in a process that measures.
  readonly #bar = new SingleBar({
    format: '{bar} {count}  {step}  {left}',
    stream: process.stderr,
    fps: 2,
    barsize: barColumns(),
    clearOnComplete: true,
    // Its handler would keep SIGINT from ending the process. The bar changes nothing of the terminal
    // that a handler would have to undo.
    gracefulExit: false,
    hideCursor: false,
    linewrap: true,
    barCompleteChar: '█',
    barIncompleteChar: '░',
  });
  #startedAt = 0;
  #total = 0;
  #steps = 0;
  #done = 0;
  #ended = 0;
  #current = 0;

  override start(steps: readonly Step[]) {
    this.#total = steps.reduce((work, step) => work + step.work, 0);
    this.#steps = steps.length;
    this.#startedAt = performance.now();
    this.#bar.start(this.#total, 0, { count: `0 of ${steps.length}`, step: 'starting', left: '' });
  }

  override begin(step: Step) {
    this.#current = step.work;
    this.#show(0, { count: `${this.#ended + 1} of ${this.#steps}`, step: step.name });
  }

  override advance(share: number) {
    this.#show(this.#current * Math.min(1, share));
  }

  override end() {
    this.#done += this.#current;
    this.#ended += 1;
    this.#show(0);
  }

  /** The line goes over the bar, which is drawn again under it. */
  override say(line: string) {
    super.say(`${clearLine}${line}`);
  }

  override stop() {
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

/** A bar when stderr is a terminal; otherwise only lines about what is left out. */
export const progressOnStderr = (): Progress => (process.stderr.isTTY ? new Bar() : new Lines());
